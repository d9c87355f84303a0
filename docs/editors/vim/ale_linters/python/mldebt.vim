" ~/.vim/ale_linters/python/mldebt.vim: ALE checks the buffer as you type, saved or not.
function! ALEHandleMldebt(buffer, lines) abort
    let l:found = []
    let l:types = {'error': 'E', 'warning': 'W', 'note': 'I'}
    for l:match in ale#util#GetMatches(a:lines, '\v^.{-}:(\d+):(\d+): (error|warning|note): (.*) \[(\u+\d+)\]$')
        call add(l:found, {
        \   'lnum': str2nr(l:match[1]), 'col': str2nr(l:match[2]), 'type': l:types[l:match[3]],
        \   'text': l:match[4], 'code': l:match[5],
        \})
    endfor
    return l:found
endfunction

call ale#linter#Define('python', {
\   'name': 'mldebt',
\   'executable': 'mldebt',
\   'command': '%e check - --stdin-filename %s -q --color never --column-unit bytes',
\   'callback': 'ALEHandleMldebt',
\   'output_stream': 'stdout',
\})
