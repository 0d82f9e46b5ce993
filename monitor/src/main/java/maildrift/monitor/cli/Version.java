package maildrift.monitor.cli;

import java.util.Optional;

/** The version that the build put into the jar's manifest. */
public final class Version {
  public static final String TEXT =
      Optional.ofNullable(Version.class.getPackage().getImplementationVersion())
          .orElse("development");

  private Version() {}
}
