//! Pictures, drawn by hand; they follow the reader's choice of light or dark.

use super::goals::at_16;
use crate::calls::Call;
use crate::results::{Medians, Run};

const WIDTH: f64 = 860.0;
const LEFT: f64 = 170.0;
const RIGHT: f64 = 70.0;
const TOP: f64 = 64.0;
const BAR: f64 = 11.0;
const GAP: f64 = 12.0;

const STYLE: &str = "<style>
text { font: 12px system-ui, sans-serif; fill: #24292f }
.title { font-size: 15px; font-weight: 600 } .small { font-size: 10px; fill: #57606a }
.grid { stroke: #d0d7de } .mark { stroke: #24292f; stroke-width: 2 } .span { stroke-width: 3 }
.a { fill: #9ec5fe; stroke: #9ec5fe } .b { fill: #3d8bfd; stroke: #3d8bfd } .c { fill: #0a58ca; stroke: #0a58ca }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 } .small { fill: #9198a1 } .grid { stroke: #3d444d } .mark { stroke: #e6edf3 }
}
</style>\n";
const SHADES: [&str; 3] = ["a", "b", "c"];

/// Where values lie on the line from left to right.
#[derive(Debug, Clone, Copy)]
enum Scale {
    Linear {
        end: f64,
    },
    /// From one power of ten to another.
    Powers {
        from: i32,
        before: i32,
    },
}

impl Scale {
    fn powers(values: impl Iterator<Item = f64> + Clone) -> Self {
        let positive = values.filter(|value| *value > 0.0).map(f64::log10);
        let least = positive.clone().fold(f64::INFINITY, f64::min);
        let most = positive.fold(f64::NEG_INFINITY, f64::max);
        if !least.is_finite() {
            return Self::Powers { from: 0, before: 1 };
        }
        Self::Powers {
            from: rounded(least.floor()),
            before: rounded(most.ceil()).max(rounded(least.floor()) + 1),
        }
    }

    fn place(self, value: f64) -> f64 {
        let part = match self {
            Self::Linear { end } => value / end,
            Self::Powers { from, before } => {
                (value.log10() - f64::from(from)) / f64::from(before - from)
            }
        };
        LEFT + part.clamp(0.0, 1.0) * (WIDTH - LEFT - RIGHT)
    }

    fn ticks(self) -> Vec<f64> {
        match self {
            Self::Linear { end } => (0..=5).map(|step| end * f64::from(step) / 5.0).collect(),
            Self::Powers { from, before } => {
                (from..=before).map(|power| 10_f64.powi(power)).collect()
            }
        }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "powers of ten of what can be measured"
)]
fn rounded(power: f64) -> i32 {
    power as i32
}

/// Calls a second: a bar for each number of connections, and a mark where pgbench came to.
#[must_use]
pub fn throughput(run: &Run) -> String {
    let medians = run.medians();
    let told = medians.iter().filter_map(|it| it.pgbench_per_second);
    let scale = Scale::powers(medians.iter().map(|it| it.per_second).chain(told));
    let title = "Calls a second (the mark: pgbench with the same statements)";
    rows(title, &medians, scale, |it, y, shade| {
        let (from, to) = (LEFT, scale.place(it.per_second));
        let mut text = format!(
            "<rect class=\"{shade}\" x=\"{from}\" y=\"{y:.1}\" width=\"{:.1}\" height=\"{BAR}\"/>\n",
            to - from
        );
        let mut end = to;
        if let Some(told) = it.pgbench_per_second {
            let x = scale.place(told);
            end = end.max(x);
            text += &format!(
                "<path class=\"mark\" d=\"M{x:.1} {:.1}v{:.1}\"/>\n",
                y - 1.0,
                BAR + 2.0
            );
        }
        text + &small(end + 5.0, y + 9.0, &format!("{:.0}", it.per_second))
    })
}

/// From the median to what one call of a hundred exceeds.
#[must_use]
pub fn latency(run: &Run) -> String {
    let medians = run.medians();
    let scale = Scale::powers(
        medians
            .iter()
            .flat_map(|it| [it.p50_ms, it.p99_ms])
            .collect::<Vec<_>>()
            .into_iter(),
    );
    rows(
        "Latency in ms, from p50 to p99",
        &medians,
        scale,
        |it, y, shade| {
            let (p50, p99, middle) = (
                scale.place(it.p50_ms),
                scale.place(it.p99_ms),
                y + BAR / 2.0,
            );
            format!(
                "<path class=\"span {shade}\" d=\"M{p50:.1} {middle:.1}H{p99:.1}\"/>\n\
             <circle class=\"{shade}\" cx=\"{p50:.1}\" cy=\"{middle:.1}\" r=\"4\"/>\n\
             <path class=\"span {shade}\" d=\"M{p99:.1} {:.1}v8\"/>\n",
                middle - 4.0
            ) + &small(p99 + 6.0, y + 9.0, &format!("{:.1}", it.p99_ms))
        },
    )
}

/// Rows of calls, in them a line for each number of connections.
fn rows(
    title: &str,
    medians: &[Medians],
    scale: Scale,
    draw: impl Fn(&Medians, f64, &str) -> String,
) -> String {
    let mut connections: Vec<usize> = medians.iter().map(|it| it.connections).collect();
    connections.sort_unstable();
    connections.dedup();
    let mut body = String::new();
    let mut y = TOP;
    for (place, it) in medians.iter().enumerate() {
        if place == 0 || medians[place - 1].call != it.call {
            y += GAP;
            body += &label(y + BAR, &it.call);
        }
        let shade = connections
            .iter()
            .position(|many| *many == it.connections)
            .unwrap_or_default();
        body += &draw(it, y, SHADES[shade % SHADES.len()]);
        y += BAR + 1.0;
    }
    let mut legend = String::new();
    for (place, many) in connections.iter().enumerate() {
        let x = LEFT + 110.0 * f64::from(u32::try_from(place).unwrap_or_default());
        let shade = SHADES[place % SHADES.len()];
        legend +=
            &format!("<rect class=\"{shade}\" x=\"{x}\" y=\"30\" width=\"11\" height=\"11\"/>\n");
        let noun = if *many == 1 {
            "connection"
        } else {
            "connections"
        };
        legend += &small(x + 16.0, 39.0, &format!("{many} {noun}"));
    }
    picture(title, y + GAP, scale, &(legend + &body))
}

/// How many times as much a call costs with ten times the data, beside what it costs Postgres.
#[must_use]
pub fn growth(small_run: &Run, large_run: &Run) -> String {
    let mut grown = Vec::new();
    for call in Call::ALL {
        if let (Some(before), Some(behind)) = (at_16(small_run, call), at_16(large_run, call)) {
            let told = before.pgbench_per_second.zip(behind.pgbench_per_second);
            let told = told.map(|(before, behind)| before / behind);
            grown.push((call.name(), before.per_second / behind.per_second, told));
        }
    }
    let most = grown
        .iter()
        .map(|(_, own, told)| own.max(told.unwrap_or_default()))
        .fold(1.5, f64::max);
    let scale = Scale::Linear {
        end: (most * 2.0).ceil() / 2.0,
    };
    let mut body = String::new();
    let mut y = TOP;
    for (name, own, told) in grown {
        y += GAP;
        body += &label(y + BAR, name);
        for (shade, value) in [("c", Some(own)), ("a", told)] {
            let Some(value) = value else { continue };
            let x = scale.place(value);
            body += &format!(
                "<rect class=\"{shade}\" x=\"{LEFT}\" y=\"{y:.1}\" width=\"{:.1}\" height=\"{BAR}\"/>\n",
                x - LEFT
            );
            body += &small(x + 5.0, y + 9.0, &format!("{value:.2}"));
            y += BAR + 1.0;
        }
    }
    let title = "Cost with ten times the data (dark: the program; light: pgbench), 16 connections";
    picture(title, y + GAP, scale, &body)
}

fn picture(title: &str, height: f64, scale: Scale, body: &str) -> String {
    let mut grid = String::new();
    for tick in scale.ticks() {
        let x = scale.place(tick);
        grid += &format!("<path class=\"grid\" d=\"M{x:.1} {TOP}V{height:.1}\"/>\n");
        grid += &small(x - 4.0, TOP - 5.0, &tick_text(tick));
    }
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {:.0}\" width=\"{WIDTH}\" role=\"img\" \
         aria-label=\"{title}\">\n{STYLE}<text class=\"title\" x=\"10\" y=\"20\">{title}</text>\n{grid}{body}</svg>\n",
        height + 10.0
    )
}

fn tick_text(tick: f64) -> String {
    if tick >= 1000.0 {
        format!("{:.0}k", tick / 1000.0)
    } else {
        format!("{}", (tick * 100.0).round() / 100.0)
    }
}

fn label(y: f64, text: &str) -> String {
    format!("<text x=\"10\" y=\"{y:.1}\">{text}</text>\n")
}

fn small(x: f64, y: f64, text: &str) -> String {
    format!("<text class=\"small\" x=\"{x:.1}\" y=\"{y:.1}\">{text}</text>\n")
}
