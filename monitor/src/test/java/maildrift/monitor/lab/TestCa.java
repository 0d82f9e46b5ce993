package maildrift.monitor.lab;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;

/** A certificate authority by openssl, trusted by whoever is given its root. */
final class TestCa {
  private final Path folder;

  TestCa(Path folder) {
    this.folder = folder;
    Programs.run(
        folder,
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-days",
        "90",
        "-subj",
        "/CN=laboratory CA",
        "-keyout",
        "ca.key",
        "-out",
        "ca.pem");
  }

  Path root() {
    return folder.resolve("ca.pem");
  }

  /** Key, certificate and root in one file; the first name is the CN as well. */
  Path server(String file, String... names) {
    var san =
        Arrays.stream(names).map(name -> "DNS:" + name).collect(Collectors.joining(",", "", ""));
    var settings = folder.resolve(file + ".cnf");
    Nsd.write(settings, "subjectAltName=" + san + "\nextendedKeyUsage=serverAuth\n");
    Programs.run(
        folder,
        "openssl",
        "req",
        "-new",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-subj",
        "/CN=" + names[0],
        "-keyout",
        file + ".key",
        "-out",
        file + ".csr");
    Programs.run(
        folder,
        "openssl",
        "x509",
        "-req",
        "-in",
        file + ".csr",
        "-CA",
        "ca.pem",
        "-CAkey",
        "ca.key",
        "-CAcreateserial",
        "-days",
        "30",
        "-extfile",
        settings.toString(),
        "-out",
        file + ".crt");
    var chain = folder.resolve(file + ".pem");
    Nsd.write(
        chain,
        Nsd.read(folder.resolve(file + ".key"))
            + Nsd.read(folder.resolve(file + ".crt"))
            + Nsd.read(root()));
    return chain;
  }
}
