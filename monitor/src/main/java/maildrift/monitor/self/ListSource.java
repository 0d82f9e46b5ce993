package maildrift.monitor.self;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/**
 * How a source of domains is.
 *
 * @param since when it was taken up: at the start, or with its present settings
 * @param succeeded when it last brought a list that is believed, since then
 * @param why the last list is not used; empty: it is, or none was asked for yet
 * @param refused targets of it that are not taken up as it says, and why
 * @param undeclared tenants that it names and the configuration does not, and their domains, which
 *     are watched without tenant
 * @param remedy where to look
 */
public record ListSource(
    String name,
    Instant since,
    Optional<Instant> succeeded,
    Optional<String> why,
    long domains,
    Duration refreshInterval,
    SortedMap<String, String> refused,
    SortedMap<String, List<String>> undeclared,
    String remedy) {}
