"""Pages of the survey: answering, reports, release, the physical board."""
