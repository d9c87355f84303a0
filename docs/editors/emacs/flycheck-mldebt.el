;;; flycheck-mldebt.el --- Check the buffer with mldebt, saved or not  -*- lexical-binding: t; -*-
;; (load "flycheck-mldebt") in your init file. Flycheck counts columns in characters, as mldebt does.

(require 'flycheck)

(flycheck-define-checker python-mldebt
  "Technical debt of machine learning."
  :command ("mldebt" "check" "-" "--stdin-filename" source-original "-q" "--color" "never")
  :standard-input t
  :error-patterns
  ((error line-start (file-name) ":" line ":" column ": error: "
          (message) " [" (id (one-or-more alnum)) "]" line-end)
   (warning line-start (file-name) ":" line ":" column ": warning: "
            (message) " [" (id (one-or-more alnum)) "]" line-end)
   (info line-start (file-name) ":" line ":" column ": note: "
         (message) " [" (id (one-or-more alnum)) "]" line-end))
  :modes (python-mode python-ts-mode))

(add-to-list 'flycheck-checkers 'python-mldebt t)

(provide 'flycheck-mldebt)
;;; flycheck-mldebt.el ends here
