"""A language server: findings while one types, with fixes, reasons and explanations.

Needs the extra ``mldebt[lsp]``. ``server`` speaks the protocol; what it says is made by functions of a run:
``diagnostics`` of findings, ``actions`` of fixes and suppressions, ``notebooks`` of cells.
"""
