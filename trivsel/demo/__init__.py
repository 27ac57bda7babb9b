"""The demonstration municipality: its data, its people, its clock. Only with TRIVSEL_DEMO=1."""
