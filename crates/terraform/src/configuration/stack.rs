//! Room for deep evaluations.

use std::panic::resume_unwind;
use std::thread::{Builder, scope};

/// Bytes of stack for an evaluation that is as deep as its budget allows, in a build without optimisation.
const STACK: usize = 64 << 20;

/// Runs something with a stack that is deep enough: threads of a pool have as little as 2 MiB. Only what is used of
/// it takes memory.
pub(super) fn with_deep_stack<T: Send>(run: impl FnOnce() -> T + Send) -> T {
    let mut run = Some(run);
    let outcome = scope(|scope| {
        let started = Builder::new()
            .name("evaluation".to_owned())
            .stack_size(STACK)
            .spawn_scoped(scope, || run.take().map(|run| run()));
        started.ok().map(|thread| thread.join())
    });
    match outcome {
        Some(Ok(Some(value))) => value,
        // The caller catches what panics here as if it had been computed in place.
        Some(Err(panic)) => resume_unwind(panic),
        // No thread can be had: the stack at hand has to do.
        _ => match run.take() {
            Some(run) => run(),
            None => resume_unwind(Box::new("an evaluation ended without a result")),
        },
    }
}
