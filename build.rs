//! Tells the linker to pack the relocations of a position-independent program (RELR): unpacked they
//! are three megabytes that every start reads and keeps. glibc knows them since 2.36, Debian 12's.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let target = |what: &str| std::env::var(format!("CARGO_CFG_TARGET_{what}")).unwrap_or_default();
    if target("ARCH") == "x86_64" && target("ENV") == "gnu" {
        println!("cargo:rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
    }
}
