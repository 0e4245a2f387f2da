"""python -m imagestolive"""

from imagestolive.cli import main

main()
