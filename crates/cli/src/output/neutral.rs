//! Makes texts of the input harmless on a terminal.

use std::borrow::Cow;

/// What stands for a character that would control the terminal or deceive the eye: the picture of a control character,
/// the replacement character for what reverses or hides text. `None` for all others.
pub(crate) fn stand_in(character: char) -> Option<char> {
    match character {
        '\u{0}'..='\u{1F}' => char::from_u32(0x2400 + u32::from(character)),
        '\u{7F}' => Some('\u{2421}'),
        '\u{80}'..='\u{9F}'
        | '\u{AD}'
        | '\u{61C}'
        | '\u{180E}'
        | '\u{200B}'..='\u{200F}'
        | '\u{2028}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}'
        | '\u{FEFF}'
        | '\u{FFF9}'..='\u{FFFB}'
        | '\u{E0000}'..='\u{E007F}' => Some('\u{FFFD}'),
        _ => None,
    }
}

/// A text for one line of a terminal.
pub(crate) fn neutral(text: &str) -> Cow<'_, str> {
    if text.chars().any(|character| stand_in(character).is_some()) {
        text.chars().map(|character| stand_in(character).unwrap_or(character)).collect()
    } else {
        Cow::Borrowed(text)
    }
}

#[cfg(test)]
mod tests {
    use super::neutral;

    #[test]
    fn what_would_act_on_the_terminal_is_shown_instead() {
        assert_eq!(neutral("a\u{1b}[31mb\r\n"), "a\u{241b}[31mb\u{240d}\u{240a}");
        assert_eq!(neutral("a\u{202e}b\u{9b}c"), "a\u{fffd}b\u{fffd}c");
        assert_eq!(neutral("Ünï–ok"), "Ünï–ok");
    }
}
