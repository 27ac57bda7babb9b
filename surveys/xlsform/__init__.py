"""A questionnaire as an XLSForm workbook, the form that survey tools share: out, and in again."""
