package agency.app.cli;

/** Where the program starts. */
public final class Main {
    private Main() {}

    /** Runs one command line and ends with its status. */
    public static void main(String[] arguments) {
        System.exit(AgencyCommand.run(arguments));
    }
}
