//! The control socket: `DATA/hitmetrix.sock`, which only the owner of the data folder can open.
//! It serves the same router as the network does, with the owner's rights; the command line is
//! its only client.

use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use tokio::net::UnixListener;

/// Where the socket of a data folder is.
#[must_use]
pub fn path(data: &Path) -> PathBuf {
    data.join("hitmetrix.sock")
}

/// Opens the socket. It is made under another name and gets its own when nobody else can open it
/// any more; one that a killed process left behind is replaced, which the data folder's lock,
/// held by now, makes safe.
///
/// # Errors
/// When the folder cannot be written, or its path is too long for a socket.
pub fn listen(data: &Path) -> io::Result<UnixListener> {
    let unready = data.join(".sock.new");
    if let Err(error) = std::fs::remove_file(&unready)
        && error.kind() != io::ErrorKind::NotFound
    {
        return Err(error);
    }
    let listener = UnixListener::bind(&unready)?;
    std::fs::set_permissions(&unready, std::fs::Permissions::from_mode(0o600))?;
    std::fs::rename(&unready, path(data))?;
    Ok(listener)
}
