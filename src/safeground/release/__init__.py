"""The release decision: criteria with reasons, the dossier, three signatures, the certificate, the offline check.

In: one area's records, book balances and residual, the national release rules, keys of three people.
Out: criteria with their sources, a signed dossier as canonical bytes, a certificate, a verdict on a dossier file.
Must never: release land by one person, say more than the figures, change a dossier, move land.
"""
