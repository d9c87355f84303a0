# SublimeLinter: Packages/SublimeLinter-contrib-mldebt/linter.py. Documentation only: not run by the tests.
from SublimeLinter.lint import PythonLinter


class Mldebt(PythonLinter):
    cmd = "mldebt check - --stdin-filename ${file} -q --color never"
    regex = (
        r"^.+?:(?P<line>\d+):(?P<col>\d+): (?:(?P<error>error)|(?P<warning>warning|note)): "
        r"(?P<message>.*) \[(?P<code>[A-Z]+\d+)\]$"
    )
    defaults = {"selector": "source.python"}  # noqa: RUF012 - as SublimeLinter wants it
