//! Passwords that are typed at a terminal: taken as they are, a new one twice, and the terminal shows again what is typed.

use crate::world::{Ran, World, until};
use rustix::fs::OFlags;
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, tcgetattr};
use std::fs::File;
use std::io::{Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};

/// A command at a terminal of its own.
struct Typed {
    child: Child,
    keyboard: File,
    /// Where the command reads and asks.
    terminal: File,
    shown: Arc<Mutex<String>>,
    /// How much of it was waited for already.
    seen: usize,
}

impl Typed {
    fn new(mut command: Command) -> Self {
        let keyboard = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&keyboard).unwrap();
        unlockpt(&keyboard).unwrap();
        let name = ptsname(&keyboard, Vec::new()).unwrap();
        let terminal = File::options()
            .read(true)
            .write(true)
            .custom_flags(OFlags::NOCTTY.bits().cast_signed())
            .open(name.to_str().unwrap())
            .unwrap();
        let keyboard = File::from(keyboard);
        let child = command
            .stdin(terminal.try_clone().unwrap())
            .stdout(Stdio::piped())
            .stderr(terminal.try_clone().unwrap())
            .spawn()
            .unwrap();
        let shown = Arc::new(Mutex::new(String::new()));
        let (screen, mut reader) = (Arc::clone(&shown), keyboard.try_clone().unwrap());
        std::thread::spawn(move || {
            let mut part = [0_u8; 1024];
            while let Ok(read @ 1..) = reader.read(&mut part) {
                let text = String::from_utf8_lossy(&part[..read]).into_owned();
                screen.lock().unwrap().push_str(&text);
            }
        });
        Self {
            child,
            keyboard,
            terminal,
            shown,
            seen: 0,
        }
    }

    /// Wait until it asks.
    fn asks(&mut self, question: &str) -> &mut Self {
        let found = until(|| {
            let shown = self.shown.lock().unwrap();
            let at = shown[self.seen..].find(question)?;
            Some(self.seen + at + question.len())
        });
        let shown = self.shown.lock().unwrap().clone();
        self.seen = found.unwrap_or_else(|| panic!("never asked `{question}`:\n{shown}"));
        self
    }

    fn types(&mut self, line: &str) -> &mut Self {
        self.keyboard
            .write_all(format!("{line}\n").as_bytes())
            .unwrap();
        self
    }

    fn shows_what_is_typed(&self) -> bool {
        let modes = tcgetattr(&self.terminal).unwrap().local_modes;
        modes.contains(LocalModes::ECHO)
    }

    fn ended(self) -> Ran {
        let output = self.child.wait_with_output().unwrap();
        let modes = tcgetattr(&self.terminal).unwrap().local_modes;
        assert!(
            modes.contains(LocalModes::ECHO),
            "it shows nothing any more"
        );
        let code = output.status.code().unwrap();
        let shown = self.shown.lock().unwrap().clone();
        Ran {
            code,
            out: String::from_utf8(output.stdout).unwrap(),
            err: shown,
        }
    }
}

#[test]
fn a_new_password_is_typed_twice_and_kept_with_its_blanks() {
    let world = World::up();
    let once = world
        .run(&["user", "add", "ana", "--role", "viewer"])
        .ends(0);
    let once = once.out.trim();
    let login = || Typed::new(world.command_as("ana", &["login", "ana"]));
    let own = "  four plain words here ";

    let mut typed = login();
    typed.asks("Password: ").types(once);
    typed.asks("New password: ").types(own);
    typed.asks("New password, again: ").types(own.trim());
    typed.asks("the two differ; nothing was changed");
    assert_eq!(typed.ended().code, 64);

    let mut typed = login();
    typed.asks("Password: ").types(once);
    typed.asks("New password: ").types(own);
    typed.asks("New password, again: ").types(own);
    let done = typed.ended();
    assert_eq!(done.code, 0, "{done:?}");
    assert!(done.out.contains("ana (sign-in)"), "{done:?}");
    assert!(!done.err.contains("plain words"), "it was shown: {done:?}");

    let piped = |line: &str| {
        let arguments = ["login", "ana", "--password-stdin"];
        world.run_as("ana", &format!("{line}\n"), &arguments)
    };
    piped(own).ends(0);
    piped(own.trim()).ends(4);
    let mut typed = login();
    typed.asks("Password: ").types(own);
    assert_eq!(typed.ended().code, 0);
}

#[test]
fn ctrl_c_at_a_hidden_question_leaves_a_terminal_that_shows_what_is_typed() {
    let world = World::up();
    let mut typed = Typed::new(world.command_as("ana", &["login", "ana"]));
    typed.asks("Password: ");
    assert!(!typed.shows_what_is_typed());
    let pid = typed.child.id().to_string();
    Command::new("kill").args(["-INT", &pid]).status().unwrap();
    typed.asks("interrupted");
    assert_eq!(typed.ended().code, 130);
}
