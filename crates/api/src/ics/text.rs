//! Content lines of iCalendar (RFC 5545, 3.1): escaped, folded, ended as the format wants it.

/// Most octets of a line on the wire, its end not counted.
const OCTETS: usize = 75;

/// A calendar while it is written.
#[derive(Debug, Default)]
pub struct Text(String);

impl Text {
    /// A line whose value needs no escapes: dates, rules, words of the format. `name` may carry parameters.
    pub fn line(&mut self, name: &str, value: &str) {
        let mut room = OCTETS;
        for letter in name.chars().chain([':']).chain(value.chars()) {
            // Nothing that is written here has line ends or other controls; one that came in all the same would end the line.
            let letter = if letter.is_control() { ' ' } else { letter };
            if letter.len_utf8() > room {
                self.0.push_str("\r\n ");
                room = OCTETS - 1;
            }
            self.0.push(letter);
            room -= letter.len_utf8();
        }
        self.0.push_str("\r\n");
    }

    /// A line with text that people wrote.
    pub fn text(&mut self, name: &str, value: &str) {
        self.line(name, &escaped(value));
    }

    /// What was written.
    pub fn end(self) -> String {
        self.0
    }
}

fn escaped(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    for letter in value.chars() {
        match letter {
            '\\' | ';' | ',' => {
                text.push('\\');
                text.push(letter);
            }
            '\n' => text.push_str("\\n"),
            '\r' => {}
            other => text.push(other),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_folded_by_octets_and_never_within_a_letter() {
        let mut text = Text::default();
        text.text("SUMMARY", &"ä€🙂, ".repeat(30));
        let text = text.end();
        assert!(text.ends_with("\r\n"));
        let lines: Vec<&str> = text.trim_end_matches("\r\n").split("\r\n").collect();
        assert!(lines.len() > 3);
        assert!(lines.iter().all(|line| line.len() <= OCTETS), "{lines:?}");
        assert!(lines[1..].iter().all(|line| line.starts_with(' ')));
        let unfolded =
            lines[0].to_owned() + &lines[1..].iter().map(|l| &l[1..]).collect::<String>();
        assert_eq!(unfolded, format!("SUMMARY:{}", "ä€🙂\\, ".repeat(30)));
    }

    #[test]
    fn what_has_a_meaning_in_the_format_is_escaped_and_cannot_begin_a_line() {
        let mut text = Text::default();
        text.text("SUMMARY", "a;b,c\\d\r\nBEGIN:VEVENT\u{7}");
        text.line("X", "a\r\nBEGIN:VEVENT");
        assert_eq!(
            text.end(),
            "SUMMARY:a\\;b\\,c\\\\d\\nBEGIN:VEVENT \r\nX:a  BEGIN:VEVENT\r\n"
        );
    }
}
