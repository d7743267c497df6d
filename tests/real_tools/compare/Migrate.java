/* Flyway as a library, with its defaults: java Migrate migrate|info|undo URL USER DIRECTORY */
import org.flywaydb.core.Flyway;

public class Migrate {
	public static void main(String[] arguments) {
		Flyway flyway = Flyway.configure()
			.dataSource(arguments[1], arguments[2].isEmpty() ? null : arguments[2], null)
			.locations("filesystem:" + arguments[3])
			.load();

		switch (arguments[0]) {
		case "migrate" -> flyway.migrate();
		case "info" -> System.out.println(flyway.info().pending().length + " pending");
		case "undo" -> flyway.undo();
		default -> throw new IllegalArgumentException(arguments[0]);
		}
	}
}
