//! The shapes in which every screen of the terminal is drawn.

/// A test for each panel, size of type and language, each of which calls
/// `$walk(width, height, tag, large, english)`.
macro_rules! in_every_shape {
    ($walk:ident) => {
        in_every_shape! {
            $walk
            landscape 1920 1080 "" false false;
            large_type_in_landscape 1920 1080 "_large" true false;
            english_in_landscape 1920 1080 "_en" false true;
            english_in_large_type_in_landscape 1920 1080 "_en_large" true true;
            portrait 1080 1920 "" false false;
            large_type_in_portrait 1080 1920 "_large" true false;
            english_in_portrait 1080 1920 "_en" false true;
            english_in_large_type_in_portrait 1080 1920 "_en_large" true true;
            small_landscape 1366 768 "" false false;
            english_in_small_landscape 1366 768 "_en" false true;
        }
    };
    ($walk:ident $($name:ident $width:literal $height:literal $tag:literal $large:literal $english:literal;)*) => {
        $(
            #[test]
            fn $name() {
                $walk($width, $height, $tag, $large, $english);
            }
        )*
    };
}
