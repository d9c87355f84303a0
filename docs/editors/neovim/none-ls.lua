-- none-ls. Documentation only: it is not run by the tests.
local helpers = require('null-ls.helpers')
local methods = require('null-ls.methods')

return helpers.make_builtin({
  name = 'mldebt',
  method = methods.internal.DIAGNOSTICS,
  filetypes = { 'python' },
  generator_opts = {
    command = 'mldebt',
    args = { 'check', '-', '-q', '--color', 'never', '--column-unit', 'bytes', '--stdin-filename', '$FILENAME' },
    to_stdin = true,
    format = 'line',
    check_exit_code = function(code) return code <= 1 end,
    on_output = helpers.diagnostics.from_pattern(
      [[:(%d+):(%d+): (%w+): (.*) %[(%u+%d+)%]$]],
      { 'row', 'col', 'severity', 'message', 'code' },
      { severities = { error = 1, warning = 2, note = 3 } }
    ),
  },
  factory = helpers.generator_factory,
})
