"""The district folder and its validated tables: the only door through which data comes in."""
