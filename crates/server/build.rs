//! Builds the web parts into the binary anew when one of them changed, came or went: the macro
//! that embeds them tracks only files that it has seen. Debug builds read them from disk.

fn main() {
    let is_release = std::env::var("PROFILE").is_ok_and(|profile| profile == "release");
    let watched = if is_release {
        "../../web/dist"
    } else {
        "build.rs"
    };
    println!("cargo:rerun-if-changed={watched}");
}
