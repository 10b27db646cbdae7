//! The unified social credit code of an employer (GB 32100-2015).

const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";

/// Why a text is not a unified social credit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UsccError {
    /// Not 18 characters of the code's alphabet (digits and capitals without I, O, S, V, Z).
    #[error("a credit code has 18 digits and capital letters, without I, O, S, V and Z")]
    Form,
    /// The last character does not fit the others.
    #[error("the credit code's check character does not fit: a character was mistyped")]
    CheckCharacter,
}

/// Checks form and check character.
///
/// # Errors
/// [`UsccError`] says which of the two does not hold.
pub fn check(code: &str) -> Result<(), UsccError> {
    let values: Vec<usize> = code
        .bytes()
        .map(|b| ALPHABET.iter().position(|a| *a == b))
        .collect::<Option<_>>()
        .ok_or(UsccError::Form)?;
    let [first @ .., last] = values.as_slice() else {
        return Err(UsccError::Form);
    };
    if first.len() != 17 {
        return Err(UsccError::Form);
    }
    let (sum, _) = first.iter().fold((0, 1), |(sum, weight), value| {
        ((sum + value * weight) % 31, weight * 3 % 31)
    });
    if (31 - sum) % 31 == *last {
        Ok(())
    } else {
        Err(UsccError::CheckCharacter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_well_known_code_passes_and_a_mistyped_one_does_not() {
        // The code of Tencent's operating company, printed on its own site.
        assert_eq!(check("9144030071526726XG"), Ok(()));
        assert_eq!(check("9144030071526726XH"), Err(UsccError::CheckCharacter));
        assert_eq!(check("9144030071526726X"), Err(UsccError::Form));
        assert_eq!(check("9144030071526726XI"), Err(UsccError::Form));
    }
}
