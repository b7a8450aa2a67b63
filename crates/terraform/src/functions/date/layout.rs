//! The layouts of `formatdate`: `DD MMM YYYY`.

use super::timestamp::Moment;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// Writes a moment in a layout: letters are verbs, repeated for another form; what stands in single quotes and every
/// other character is itself.
///
/// # Errors
/// Says which verb is none.
pub(super) fn format(layout: &str, moment: &Moment) -> Result<String, String> {
    let mut written = String::new();
    let mut rest = layout;
    while let Some(letter) = rest.chars().next() {
        if letter == '\'' {
            let (literal, behind) = quoted(rest).ok_or("unterminated literal '")?;
            written.push_str(&literal);
            rest = behind;
            continue;
        }
        let end = if letter.is_ascii_alphabetic() {
            rest.find(|other| other != letter).unwrap_or(rest.len())
        } else {
            letter.len_utf8()
        };
        let (token, behind) = rest.split_at_checked(end).unwrap_or((rest, ""));
        if letter.is_ascii_alphabetic() {
            written.push_str(&verb(token, moment)?);
        } else {
            written.push_str(token);
        }
        rest = behind;
    }
    Ok(written)
}

/// A literal in single quotes, a doubled one standing for itself, and what follows.
fn quoted(text: &str) -> Option<(String, &str)> {
    let mut literal = String::new();
    let mut rest = text.strip_prefix('\'')?;
    loop {
        let (piece, behind) = rest.split_once('\'')?;
        literal.push_str(piece);
        match behind.strip_prefix('\'') {
            Some(behind) => {
                literal.push('\'');
                rest = behind;
            }
            None => return Some((literal, behind)),
        }
    }
}

fn verb(verb: &str, moment: &Moment) -> Result<String, String> {
    let local = moment.local();
    let (hour, half) = (local.hour(), local.hour() % 12);
    let twelve = if half == 0 { 12 } else { half };
    let month = usize::try_from(local.month() - 1).ok().and_then(|at| MONTHS.get(at)).copied();
    let weekday = usize::try_from(local.weekday().to_monday_zero_offset()).ok();
    let weekday = weekday.and_then(|at| DAYS.get(at)).copied().unwrap_or_default();
    let month = month.unwrap_or_default();
    let short = |name: &str| name.chars().take(3).collect::<String>();
    let half_day = if hour < 12 { "am" } else { "pm" };
    Ok(match verb {
        "YYYY" => format!("{:04}", local.year()),
        "YY" => format!("{:02}", local.year() % 100),
        "MMMM" => month.to_owned(),
        "MMM" => short(month),
        "MM" => format!("{:02}", local.month()),
        "M" => local.month().to_string(),
        "DD" => format!("{:02}", local.day()),
        "D" => local.day().to_string(),
        "EEEE" => weekday.to_owned(),
        "EEE" => short(weekday),
        "hh" => format!("{hour:02}"),
        "h" => hour.to_string(),
        "HH" => format!("{twelve:02}"),
        "H" => twelve.to_string(),
        "AA" => half_day.to_ascii_uppercase(),
        "aa" => half_day.to_owned(),
        "mm" => format!("{:02}", local.minute()),
        "m" => local.minute().to_string(),
        "ss" => format!("{:02}", local.second()),
        "s" => local.second().to_string(),
        "Z" if moment.offset.is_zero() => "Z".to_owned(),
        "ZZZ" if moment.offset.is_zero() => "UTC".to_owned(),
        "Z" | "ZZZZZ" => moment.offset_text(":"),
        "ZZZ" | "ZZZZ" => moment.offset_text(""),
        _ => return Err(refusal(verb)),
    })
}

fn refusal(verb: &str) -> String {
    let hint = match verb.chars().next() {
        Some('Y') => ": year must either be \"YY\" or \"YYYY\"",
        Some('M') => ": month must be \"M\", \"MM\", \"MMM\", or \"MMMM\"",
        Some('D') => ": day of month must either be \"D\" or \"DD\"",
        Some('E') => ": day of week must either be \"EEE\" or \"EEEE\"",
        Some('h') => ": 24-hour must either be \"h\" or \"hh\"",
        Some('H') => ": 12-hour must either be \"H\" or \"HH\"",
        Some('A') => ": must be \"AA\"",
        Some('a') => ": must be \"aa\"",
        Some('m') => ": minute must either be \"m\" or \"mm\"",
        Some('s') => ": second must either be \"s\" or \"ss\"",
        Some('Z') => ": timezone must be Z, ZZZZ, or ZZZZZ",
        _ => "",
    };
    format!("invalid date format verb {verb:?}{hint}")
}
