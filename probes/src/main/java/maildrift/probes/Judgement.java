package maildrift.probes;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What one probe says of one domain.
 *
 * @param outcome of the probe's main fact
 * @param facts JSON-like (strings, numbers, booleans, lists, maps, null), ordered; the promised
 *     ones are listed in the README
 * @param records watched records, normalised so that equality means equality: {@code "contoso.tld
 *     MX" → "10 mx1.…, 20 mx2.…"}, an empty value when DNS said there is none. A record that could
 *     not be seen is left out. They are compared with the accepted baseline
 * @param findings what violates a rule
 * @param gaps what could not be seen
 * @param asides what could not be seen either, but is often silent without anything being wrong
 *     with the domain: it freezes its rules as a gap does, and makes no domain unknown
 */
public record Judgement(
    Outcome outcome,
    Map<String, Object> facts,
    SortedMap<String, String> records,
    List<Finding> findings,
    List<Gap> gaps,
    List<Gap> asides) {

  public Judgement {
    facts = Collections.unmodifiableMap(new LinkedHashMap<>(facts));
    records = Collections.unmodifiableSortedMap(new TreeMap<>(records));
    findings = List.copyOf(findings);
    gaps = List.copyOf(gaps);
    asides = List.copyOf(asides);
  }

  public Judgement(
      Outcome outcome,
      Map<String, Object> facts,
      SortedMap<String, String> records,
      List<Finding> findings,
      List<Gap> gaps) {
    this(outcome, facts, records, findings, gaps, List.of());
  }

  /** Whether the look could not see what a finding with this key is about. */
  public boolean hides(Finding.Key key) {
    return Stream.concat(gaps.stream(), asides.stream()).anyMatch(gap -> gap.hides(key));
  }

  /** The same with one finding more. */
  public Judgement plus(Finding finding) {
    return new Judgement(
        outcome,
        facts,
        records,
        Stream.concat(findings.stream(), Stream.of(finding)).toList(),
        gaps,
        asides);
  }

  /** The same with one gap more. */
  public Judgement plus(Gap gap) {
    return new Judgement(
        outcome,
        facts,
        records,
        findings,
        Stream.concat(gaps.stream(), Stream.of(gap)).toList(),
        asides);
  }

  /** The same with one aside more. */
  public Judgement aside(Gap gap) {
    return new Judgement(
        outcome,
        facts,
        records,
        findings,
        gaps,
        Stream.concat(asides.stream(), Stream.of(gap)).toList());
  }

  /** Collects a judgement while a probe reads its observation from top to bottom. */
  public static final class Builder {
    private final Map<String, Object> facts = new LinkedHashMap<>();
    private final TreeMap<String, String> records = new TreeMap<>();
    private final List<Finding> findings = new ArrayList<>();
    private final List<Gap> gaps = new ArrayList<>();
    private final List<Gap> asides = new ArrayList<>();

    /** A null value is JSON's null: a promised fact that does not apply here. */
    public Builder fact(String name, @Nullable Object value) {
      facts.put(name, value);
      return this;
    }

    public Builder record(String name, String value) {
      records.put(name, value);
      return this;
    }

    public Builder add(Finding finding) {
      findings.add(finding);
      return this;
    }

    /** Said once, however many of the probe's parts needed what could not be seen. */
    public Builder add(Gap gap) {
      if (!gaps.contains(gap)) {
        gaps.add(gap);
      }
      return this;
    }

    /** Freezes rules without making the domain unknown; said once. */
    public Builder aside(Gap gap) {
      if (!asides.contains(gap)) {
        asides.add(gap);
      }
      return this;
    }

    public Judgement build(Outcome outcome) {
      return new Judgement(outcome, facts, records, findings, gaps, asides);
    }
  }
}
