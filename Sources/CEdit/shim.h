#include <histedit.h>
#include <locale.h>
#include <stdio.h>
#include <wchar.h>

// Swift does not call functions of a variable number of arguments, which libedit is set by.

typedef wchar_t *(*quill_edit_prompt)(EditLine *);
typedef unsigned char (*quill_edit_command)(EditLine *, wint_t);

/* On standard error: what is edited is no result of the program. */
static inline EditLine *quill_edit_start(const char *name) { return el_init(name, stdin, stderr, stderr); }

static inline void quill_edit_send(const char *text) {
  fputs(text, stderr);
  fflush(stderr);
}

static inline int quill_edit_set_prompt(EditLine *edit, quill_edit_prompt prompt) {
  return el_wset(edit, EL_PROMPT, prompt);
}

static inline int quill_edit_use_emacs_keys(EditLine *edit) { return el_wset(edit, EL_EDITOR, L"emacs"); }

static inline int quill_edit_ignore_signals(EditLine *edit) { return el_wset(edit, EL_SIGNAL, 0); }

static inline int quill_edit_set_reader(EditLine *edit, el_rfunc_t reader) {
  return el_wset(edit, EL_GETCFN, reader);
}

static inline int quill_edit_add(
    EditLine *edit, const wchar_t *name, const wchar_t *help, quill_edit_command command) {
  return el_wset(edit, EL_ADDFN, name, help, command);
}

static inline int quill_edit_bind(EditLine *edit, const wchar_t *key, const wchar_t *name) {
  return el_wset(edit, EL_BIND, key, name, (wchar_t *)0);
}

static inline int quill_edit_prepare_terminal(EditLine *edit, int on) { return el_wset(edit, EL_PREP_TERM, on); }

static inline int quill_edit_refresh(EditLine *edit) { return el_wset(edit, EL_REFRESH); }

static inline int quill_edit_set_history(EditLine *edit, HistoryW *history) {
  return el_wset(edit, EL_HIST, history_w, history);
}

static inline int quill_history_limit(HistoryW *history, int count) {
  HistEventW event;
  return history_w(history, &event, H_SETSIZE, count);
}

static inline int quill_history_add(HistoryW *history, const wchar_t *line) {
  HistEventW event;
  return history_w(history, &event, H_ENTER, line);
}
