package maildrift.probes.domain;

import java.util.Optional;

/**
 * A selector that must or may be published.
 *
 * @param selector the part before {@code ._domainkey}
 * @param key the expected public key: the base64 of {@code p=} without white space; empty: any
 *     valid key will do
 * @param cname the pattern its CNAME target must match, e.g. {@code
 *     selector1-contoso-tld._domainkey.*.onmicrosoft.com}
 * @param origin who expects it: {@code declared} or the profile's name
 * @param required false: absence is no finding, but what is there is judged
 */
public record DkimExpectation(
    String selector,
    Optional<String> key,
    Optional<HostPattern> cname,
    String origin,
    boolean required) {}
