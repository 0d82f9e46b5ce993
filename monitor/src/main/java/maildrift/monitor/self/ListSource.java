package maildrift.monitor.self;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * How a source of domains is.
 *
 * @param since when it was taken up: at the start, or with its present settings
 * @param succeeded when it last brought a list that is believed, since then
 * @param why the last list is not used; empty: it is, or none was asked for yet
 * @param remedy where to look
 */
public record ListSource(
    String name,
    Instant since,
    Optional<Instant> succeeded,
    Optional<String> why,
    long domains,
    Duration refreshInterval,
    String remedy) {}
