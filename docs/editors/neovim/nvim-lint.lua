-- nvim-lint: checks the buffer, saved or not. Neovim counts columns in bytes.
local lint = require('lint')

lint.linters.mldebt = {
  cmd = 'mldebt',
  stdin = true,
  args = {
    'check', '-', '-q', '--color', 'never', '--column-unit', 'bytes',
    '--stdin-filename', function() return vim.api.nvim_buf_get_name(0) end,
  },
  stream = 'stdout',
  ignore_exitcode = true, -- 1 means findings
  parser = require('lint.parser').from_errorformat(
    '%f:%l:%c: %trror: %m,%f:%l:%c: %tarning: %m,%f:%l:%c: %tote: %m',
    { source = 'mldebt' }
  ),
}

lint.linters_by_ft.python = { 'mldebt' } -- beside what you have there
