"""What every score needs: calibration, evaluation, profit."""
