"""What bin/run, bin/test and bin/manage share. Standard library only: most of it runs before anything is installed."""
