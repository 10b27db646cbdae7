//! Compiles the windows in `ui/` with their translations in `lang/`.

fn main() -> Result<(), slint_build::CompileError> {
    let config = slint_build::CompilerConfiguration::new()
        .with_style("fluent".to_owned())
        .with_bundled_translations("lang")
        // Element names and ids stay in: tests find elements by them.
        .with_debug_info(true);
    slint_build::compile_with_config("ui/app.slint", config)?;
    println!("cargo:rerun-if-changed=lang");
    Ok(())
}
