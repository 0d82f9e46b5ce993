package maildrift.probes.dns;

/** What is asked of DNS, class IN. */
public record Question(DnsName name, RecordType type) {

  @Override
  public String toString() {
    return name + " " + type;
  }
}
