;;; flymake-mldebt.el --- Check the buffer with mldebt, saved or not  -*- lexical-binding: t; -*-
;; (load "flymake-mldebt"), then (add-hook 'python-mode-hook #'flymake-mldebt-setup).

(require 'flymake)

(defvar-local flymake-mldebt--process nil)

(defun flymake-mldebt (report &rest _)
  "Hand what mldebt says of the current buffer to REPORT."
  (when (process-live-p flymake-mldebt--process)
    (kill-process flymake-mldebt--process))
  (let ((source (current-buffer)))
    (save-restriction
      (widen)
      (setq flymake-mldebt--process
            (make-process
             :name "flymake-mldebt" :noquery t :connection-type 'pipe
             :buffer (generate-new-buffer " *flymake-mldebt*")
             :stderr (get-buffer-create " *flymake-mldebt-errors*")
             :command (list "mldebt" "check" "-" "--stdin-filename" buffer-file-name "-q" "--color" "never")
             :sentinel
             (lambda (process _event)
               (when (memq (process-status process) '(exit signal))
                 (unwind-protect
                     (if (eq process (buffer-local-value 'flymake-mldebt--process source))
                         (funcall report (flymake-mldebt--read (process-buffer process) source)))
                   (kill-buffer (process-buffer process)))))))
      (process-send-region flymake-mldebt--process (point-min) (point-max))
      (process-send-eof flymake-mldebt--process))))

(defun flymake-mldebt--read (output source)
  "The diagnostics in the buffer OUTPUT as those of the buffer SOURCE."
  (with-current-buffer output
    (goto-char (point-min))
    (let (found)
      (while (re-search-forward
              "^.*?:\\([0-9]+\\):\\([0-9]+\\): \\(error\\|warning\\|note\\): \\(.*\\)$" nil t)
        (let* ((type (cdr (assoc (match-string 3) '(("error" . :error) ("warning" . :warning) ("note" . :note)))))
               (text (match-string 4))
               (region (flymake-diag-region source (string-to-number (match-string 1))
                                            (string-to-number (match-string 2)))))
          (push (flymake-make-diagnostic source (car region) (cdr region) type text) found)))
      (nreverse found))))

(defun flymake-mldebt-setup ()
  "Check this buffer with mldebt."
  (add-hook 'flymake-diagnostic-functions #'flymake-mldebt nil t)
  (flymake-mode 1))

(provide 'flymake-mldebt)
;;; flymake-mldebt.el ends here
