//! The forms that files of rrweb events have: one list, one event a line, or an object whose member
//! `events` is the list. Bytes come in as they are read; out come the events, each as its bytes.
//! What an event says is not looked at here, and nothing is held but the event that is not whole.

use hitmetrix_model::limits::CHUNK_DECODED_BYTES;

/// Why a file cannot be taken apart any further.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FormError {
    /// One event is too large.
    #[error("an event is over {limit} bytes, which is the limit; record the page in smaller parts")]
    Event {
        /// The limit.
        limit: usize,
    },
    /// The file ends within its list or within an event.
    #[error("the file ends before its last event does; what came before is taken")]
    Unended,
}

/// Takes events out of bytes; each comes on one line.
#[derive(Debug, Default)]
pub struct Events {
    form: Form,
    /// Bytes of the value that has begun; in the first object all of it.
    value: Vec<u8>,
    depth: usize,
    in_text: bool,
    escaped: bool,
    /// Where the last text at the first level of the first object began.
    text_from: usize,
    /// Whether that text is `events` and a colon came after it.
    names_events: bool,
}

/// What the beginning of the file says it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Form {
    /// Nothing has come yet.
    #[default]
    Start,
    /// The first object: an event on a line, or what holds the list.
    First,
    /// A list, whose items stand at this depth.
    List(usize),
    /// One event a line.
    Lines,
    /// The list is over.
    Over,
}

const BLANK: &[u8] = b" \t\r\n";
/// What some programs write before a text.
const MARK: &[u8] = b"\xef\xbb\xbf";

impl Events {
    /// Reads on; `take` is called with each event.
    ///
    /// # Errors
    /// When an event is too large.
    pub fn push(&mut self, bytes: &[u8], take: &mut dyn FnMut(&[u8])) -> Result<(), FormError> {
        for &byte in bytes {
            match self.form {
                Form::Start => self.start(byte),
                Form::First => self.first(byte, take),
                Form::List(depth) => self.item(byte, depth, take),
                Form::Lines => self.line(byte, take),
                Form::Over => return Ok(()),
            }
            if self.value.len() > CHUNK_DECODED_BYTES {
                return Err(FormError::Event {
                    limit: CHUNK_DECODED_BYTES,
                });
            }
        }
        Ok(())
    }

    /// The file is over: takes a last line that no line feed ends.
    ///
    /// # Errors
    /// When it ends in the middle of something.
    pub fn end(mut self, take: &mut dyn FnMut(&[u8])) -> Result<(), FormError> {
        match self.form {
            Form::Start | Form::Over => Ok(()),
            Form::Lines => {
                self.line(b'\n', take);
                Ok(())
            }
            Form::First | Form::List(_) => Err(FormError::Unended),
        }
    }

    fn start(&mut self, byte: u8) {
        if BLANK.contains(&byte) || MARK.contains(&byte) {
            return;
        }
        match byte {
            b'[' => {
                self.form = Form::List(1);
                self.depth = 1;
            }
            b'{' => {
                self.form = Form::First;
                self.depth = 1;
                self.value.push(byte);
            }
            _ => {
                self.form = Form::Lines;
                self.value.push(byte);
            }
        }
    }

    /// The first object: an event of its own, unless it has a list of events.
    fn first(&mut self, byte: u8, take: &mut dyn FnMut(&[u8])) {
        let was_in_text = self.in_text;
        let opens_list = byte == b'[' && !was_in_text && self.depth == 1 && self.names_events;
        self.value.push(byte);
        self.step(byte);
        if opens_list {
            self.value.clear();
            self.form = Form::List(2);
            return;
        }
        if self.depth == 1 {
            match (was_in_text, self.in_text, byte) {
                (false, true, _) => self.text_from = self.value.len(),
                (false, false, b':') => {
                    let text = self.value.get(self.text_from..).unwrap_or_default();
                    self.names_events = text.starts_with(b"events\"");
                }
                (false, false, b',') => self.names_events = false,
                _ => {}
            }
        }
        if self.depth == 0 {
            self.give(take);
            self.form = Form::Lines;
        }
    }

    fn item(&mut self, byte: u8, items: usize, take: &mut dyn FnMut(&[u8])) {
        let between = self.depth == items && !self.in_text;
        if between && (byte == b',' || byte == b']' || BLANK.contains(&byte)) {
            // Ends an item that is no object, as a number.
            self.give(take);
            if byte == b']' {
                self.form = Form::Over;
            }
            return;
        }
        self.value.push(byte);
        self.step(byte);
        if self.depth == items && !self.in_text && (byte == b'}' || byte == b']' || byte == b'"') {
            self.give(take);
        }
    }

    fn line(&mut self, byte: u8, take: &mut dyn FnMut(&[u8])) {
        if byte == b'\n' {
            self.give(take);
        } else {
            self.value.push(byte);
        }
    }

    /// Gives the value on one line: no text of JSON has a line feed in it, so all are blanks.
    fn give(&mut self, take: &mut dyn FnMut(&[u8])) {
        for byte in &mut self.value {
            if *byte == b'\n' {
                *byte = b' ';
            }
        }
        let value = self.value.trim_ascii();
        if !value.is_empty() {
            take(value);
        }
        self.value.clear();
    }

    /// Keeps count of depth and texts.
    fn step(&mut self, byte: u8) {
        if self.in_text {
            match byte {
                _ if self.escaped => self.escaped = false,
                b'\\' => self.escaped = true,
                b'"' => self.in_text = false,
                _ => {}
            }
            return;
        }
        match byte {
            b'"' => self.in_text = true,
            b'{' | b'[' => self.depth += 1,
            b'}' | b']' => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn taken(bytes: &[u8], cuts: &[usize]) -> (Vec<String>, Result<(), FormError>) {
        let mut events = Vec::new();
        let mut take = |event: &[u8]| events.push(String::from_utf8_lossy(event).into_owned());
        let mut reader = Events::default();
        let mut from = 0;
        for cut in cuts.iter().copied().chain([bytes.len()]) {
            let to = cut.clamp(from, bytes.len());
            reader.push(&bytes[from..to], &mut take).unwrap();
            from = to;
        }
        let end = reader.end(&mut take);
        (events, end)
    }

    const ONE: &str = r#"{"type":3,"data":{"text":"a } ] \" [ {","events":[1]},"timestamp":5}"#;
    const TWO: &str = r#"{"type":4,"data":{"href":"events\\"},"timestamp":6}"#;

    fn forms() -> Vec<String> {
        vec![
            format!("[{ONE},{TWO}]"),
            format!(" [\n  {ONE} ,\n  {TWO}\n]\n trailing"),
            format!("{ONE}\n{TWO}\n"),
            format!("\u{feff}{ONE}\r\n\n{TWO}"),
            format!(r#"{{"events":[{ONE},{TWO}]}}"#),
            format!(
                r#"{{"x":["events",{{"events":[7]}}],"y":"events", "events" : [{ONE},{TWO}],"z":1}}"#
            ),
        ]
    }

    #[test]
    fn every_form_gives_the_same_events() {
        for form in forms() {
            let (events, end) = taken(form.as_bytes(), &[]);
            assert_eq!(events, [ONE, TWO], "{form}");
            assert_eq!(end, Ok(()), "{form}");
        }
    }

    #[test]
    fn an_event_over_several_lines_comes_on_one() {
        let (events, end) = taken(b"[{\n\"type\":\r\n 3\n}\n]", &[]);
        assert_eq!(events, ["{ \"type\":\r  3 }"]);
        assert_eq!(end, Ok(()));
    }

    #[test]
    fn what_is_no_object_is_given_as_it_stands() {
        let (events, end) = taken(br#"[1, "a,b]" ,null,[2,3],{}]"#, &[]);
        assert_eq!(events, ["1", r#""a,b]""#, "null", "[2,3]", "{}"]);
        assert_eq!(end, Ok(()));
        let (events, _) = taken(b"nonsense\n{}\n", &[]);
        assert_eq!(events, ["nonsense", "{}"]);
        assert_eq!(taken(b"  \n", &[]), (Vec::new(), Ok(())));
    }

    #[test]
    fn a_file_that_is_cut_off_gives_what_was_whole() {
        let (events, end) = taken(format!("[{ONE},{{\"type\":").as_bytes(), &[]);
        assert_eq!(
            (events, end),
            (vec![ONE.to_owned()], Err(FormError::Unended))
        );
        let (events, end) = taken(br#"{"events":["#, &[]);
        assert_eq!((events, end), (Vec::new(), Err(FormError::Unended)));
    }

    #[test]
    fn an_event_has_a_limit() {
        let mut reader = Events::default();
        let mut take = |_: &[u8]| {};
        reader.push(b"[\"", &mut take).unwrap();
        let filling = vec![b'a'; CHUNK_DECODED_BYTES + 1];
        let limit = CHUNK_DECODED_BYTES;
        assert_eq!(
            reader.push(&filling, &mut take),
            Err(FormError::Event { limit })
        );
    }

    proptest! {
        #[test]
        fn cuts_change_nothing(form in 0..6_usize, mut cuts in prop::collection::vec(0..300_usize, 0..8)) {
            cuts.sort_unstable();
            let form = &forms()[form];
            prop_assert_eq!(taken(form.as_bytes(), &cuts), taken(form.as_bytes(), &[]));
        }

        #[test]
        fn nothing_breaks_it(bytes in prop::collection::vec(prop::sample::select(&b"[]{}\",:\\ \n1events"[..]), 0..200)) {
            let mut count = 0;
            let mut reader = Events::default();
            reader.push(&bytes, &mut |event| count += event.len()).unwrap();
            let _ = reader.end(&mut |event| count += event.len());
            prop_assert!(count <= bytes.len());
        }
    }
}
