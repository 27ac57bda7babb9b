"""Questionnaires that ship with the product, as plain data in the words of `surveys.questionnaires`."""
