//! Functions on points in time.

mod duration;
mod layout;
mod timestamp;

use iamrail_core::value::{Reason, Value};

use super::call::{Call, Fault};
use super::function::{Function, Outcome, text};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::known("formatdate", &[text("format"), text("time")], formatdate),
    Function::open("plantimestamp", &[], |call| now(call, "plantimestamp")),
    Function::known("timeadd", &[text("timestamp"), text("duration")], timeadd),
    Function::known("timecmp", &[text("timestamp_a"), text("timestamp_b")], timecmp),
    Function::open("timestamp", &[], |call| now(call, "timestamp")),
];

fn now(call: &Call<'_>, name: &str) -> Outcome {
    Ok(call.unknown_for(Reason::Volatile, name))
}

fn formatdate(call: &Call<'_>) -> Outcome {
    let moment = timestamp::parse(&call.str(1)).map_err(|message| Fault::argument(1, message))?;
    let text = layout::format(&call.str(0), &moment).map_err(|message| Fault::argument(0, message))?;
    Ok(Value::text(text))
}

fn timeadd(call: &Call<'_>) -> Outcome {
    let moment = timestamp::parse(&call.str(0)).map_err(Fault::call)?;
    let duration = duration::parse(&call.str(1)).map_err(Fault::call)?;
    let later = moment.after(duration).ok_or_else(|| Fault::call("the time is out of range"))?;
    Ok(Value::text(later.to_text()))
}

fn timecmp(call: &Call<'_>) -> Outcome {
    let moment =
        |index| timestamp::parse(&call.str(index)).map_err(|message| Fault::argument(index, message));
    let (a, b) = (moment(0)?, moment(1)?);
    Ok(Value::int(a.since_epoch().cmp(&b.since_epoch()) as i8))
}
