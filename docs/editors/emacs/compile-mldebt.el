;;; compile-mldebt.el --- M-x compile with mldebt  -*- lexical-binding: t; -*-
;; The lines are understood as they are. Only columns need a word: mldebt counts characters, and
;; compilation-mode would count a tab as several.
(require 'compile)
(add-hook 'compilation-mode-hook
          (lambda () (setq-local compilation-error-screen-columns nil)))
(setq-default compile-command "mldebt check -q")
;;; compile-mldebt.el ends here
