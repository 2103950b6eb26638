"""Where the signs of a training are good and where bad: lesson 04's figures, and the report.

Each pair is (bad, good); what lies between is doubtful. Nobody can prove such bounds: these tell
the three recorded runs apart and leave room for other backbones and sizes.
"""

CRITIC = (100, 20)  # largest size of the critic's difference, in the second half
LEARNT = (0.25, 0.5)  # mistakes that D avoids, of those of the commoner answer, a share
BEHIND = (0.25, 0.1)  # labels that D finds on real faces and misses on edits, a share
JUDGED = (0.5, 0.7)  # flips that the judge accepts, a share
CHANGED = (1.5, 2.0)  # change by edits, in reconstruction errors
CLOSE = (1.0, 0.5)  # error inside the true change, in errors of a copy
