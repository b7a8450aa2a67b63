//! The fenced examples of a Markdown page.

/// A fenced block.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Fence {
    /// The line of the opening fence, from 1.
    pub(crate) line: usize,
    /// The words behind the opening fence.
    pub(crate) info: Vec<String>,
    /// What is inside.
    pub(crate) text: String,
}

/// All fenced blocks of a page.
pub(crate) fn fences(page: &str) -> Vec<Fence> {
    let mut fences = Vec::new();
    let mut open: Option<Fence> = None;
    for (line, text) in (1..).zip(page.lines()) {
        match (text.strip_prefix("```"), &mut open) {
            (Some(_), Some(_)) => fences.extend(open.take()),
            (Some(info), None) => {
                let info = info.split_whitespace().map(str::to_owned).collect();
                open = Some(Fence { line, info, text: String::new() });
            }
            (None, Some(fence)) => fence.text.push_str(&format!("{text}\n")),
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "a fence is not closed: {open:?}");
    fences
}
