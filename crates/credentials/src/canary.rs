//! Accounts whose keys are planted to be found: whoever uses one sets off an alarm.

/// The accounts of canarytokens.org, and those of others that plant keys in the same way, as TruffleHog lists them.
const ACCOUNTS: [u64; 26] = [
    44_858_866_125,
    52_310_077_262,
    171_436_882_533,
    251_535_659_677,
    266_735_846_894,
    344_043_088_457,
    351_906_852_752,
    390_477_818_340,
    426_127_672_474,
    427_150_556_519,
    439_872_796_651,
    445_142_720_921,
    465_867_158_099,
    534_261_010_715,
    595_918_472_158,
    637_958_123_769,
    693_412_236_332,
    717_712_589_309,
    729_780_141_977,
    730_335_385_048,
    732_624_840_810,
    735_421_457_923,
    819_147_034_852,
    959_235_150_393,
    982_842_642_351,
    992_382_622_183,
];

/// Whether the keys of an account are planted.
pub(crate) fn is_planted(account: u64) -> bool {
    ACCOUNTS.binary_search(&account).is_ok()
}
