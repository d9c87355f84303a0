" ~/.vim/compiler/mldebt.vim: `:compiler mldebt`, then `:make` for the project or `:make %` for this file.
if exists('current_compiler') | finish | endif
let current_compiler = 'mldebt'

" Vim counts columns in bytes.
CompilerSet makeprg=mldebt\ check\ -q\ --color\ never\ --column-unit\ bytes
CompilerSet errorformat=%f:%l:%c:\ %trror:\ %m,%f:%l:%c:\ %tarning:\ %m,%f:%l:%c:\ %tote:\ %m
