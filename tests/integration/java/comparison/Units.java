import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;

/** Units of work, savepoints, isolation, read-only connections. */
final class Units {
    private Units() {
    }

    private static String ids(Connection connection) throws SQLException {
        return Observations.query(connection, "SELECT ID FROM UNITS ORDER BY ID");
    }

    static void observe(Connection connection) throws SQLException {
        Observations.quietly(connection, "DROP TABLE UNITS");
        Observations.execute(connection, "CREATE TABLE UNITS (ID INTEGER NOT NULL PRIMARY KEY)");
        Observations.print("auto-commit at first", connection.getAutoCommit());
        Observations.attempt("isolation at first", connection::getTransactionIsolation);
        Observations.attempt("holdability at first", connection::getHoldability);
        Observations.execute(connection, "INSERT INTO UNITS VALUES (1)");
        connection.setAutoCommit(false);
        Observations.execute(connection, "INSERT INTO UNITS VALUES (2)");
        connection.rollback();
        Observations.print("after ROLLBACK", ids(connection));
        Observations.execute(connection, "INSERT INTO UNITS VALUES (3)");
        connection.commit();
        connection.rollback();
        Observations.print("after COMMIT", ids(connection));
        observeFailure(connection);
        observeSavepoints(connection);
        observeDefinitions(connection);
        observeAttributes(connection);
        connection.rollback();
        Observations.execute(connection, "DROP TABLE UNITS");
        connection.commit();
    }

    /** A statement that fails must undo itself and nothing else. */
    private static void observeFailure(Connection connection) throws SQLException {
        Observations.execute(connection, "INSERT INTO UNITS VALUES (10)");
        Observations.attempt("half a statement", () -> {
            try (Statement statement = connection.createStatement()) {
                return statement.executeUpdate("INSERT INTO UNITS VALUES (11), (12), (10)");
            }
        });
        Observations.print("after half a statement", ids(connection));
        connection.rollback();
    }

    private static void observeSavepoints(Connection connection) throws SQLException {
        Observations.execute(connection, "INSERT INTO UNITS VALUES (20)");
        Savepoint outer = connection.setSavepoint("HERE");
        Observations.execute(connection, "INSERT INTO UNITS VALUES (21)");
        connection.rollback(outer);
        Observations.print("back to the savepoint", ids(connection));
        connection.releaseSavepoint(outer);
        Observations.attempt("back to a released savepoint", () -> {
            connection.rollback(outer);
            return "done";
        });
        connection.rollback();
        Observations.print("after the savepoint", ids(connection));
        Observations.attempt("savepoint without a name", () -> {
            Savepoint unnamed = connection.setSavepoint();
            Observations.execute(connection, "INSERT INTO UNITS VALUES (22)");
            connection.rollback(unnamed);
            return ids(connection);
        });
        Observations.attempt("savepoint in a savepoint", () -> {
            connection.setSavepoint("OUTSIDE");
            Savepoint inner = connection.setSavepoint("INSIDE");
            Observations.execute(connection, "INSERT INTO UNITS VALUES (23)");
            connection.rollback(inner);
            return ids(connection);
        });
        connection.rollback();
    }

    private static void observeDefinitions(Connection connection) throws SQLException {
        Observations.execute(connection, "CREATE TABLE FLEETING (ID INTEGER)", "INSERT INTO FLEETING VALUES (1)");
        connection.rollback();
        Observations.attempt("CREATE TABLE rolled back", () -> Observations.query(connection, "SELECT ID FROM FLEETING"));
        connection.rollback();
    }

    private static void observeAttributes(Connection connection) throws SQLException {
        for (int level : new int[] { Connection.TRANSACTION_READ_UNCOMMITTED, Connection.TRANSACTION_READ_COMMITTED,
            Connection.TRANSACTION_REPEATABLE_READ, Connection.TRANSACTION_SERIALIZABLE }) {
            Observations.attempt("isolation " + level, () -> {
                connection.setTransactionIsolation(level);
                return connection.getTransactionIsolation() + " " + ids(connection);
            });
            connection.rollback();
        }
        Observations.attempt("read-only", () -> {
            connection.setReadOnly(true);
            return connection.isReadOnly();
        });
        connection.setReadOnly(false);
        Observations.attempt("valid", () -> connection.isValid(5));
        Observations.attempt("catalog", connection::getCatalog);
        Observations.attempt("schema", () -> connection.getSchema() != null);
        Observations.attempt("CURRENT SCHEMA is the schema", () -> Observations.query(connection,
            "SELECT CURRENT SCHEMA FROM SYSIBM.SYSDUMMY1").equals(connection.getSchema()));
        Observations.attempt("CURRENT USER", () -> Observations.query(connection, "SELECT CURRENT_USER FROM SYSIBM.SYSDUMMY1"));
        Observations.attempt("qualified name", () -> Observations.query(connection, "SELECT ID FROM " + connection.getSchema() + ".UNITS ORDER BY ID"));
        Observations.attempt("quoted qualified name", () -> Observations.query(connection,
            "SELECT ID FROM \"" + connection.getSchema() + "\".\"UNITS\" ORDER BY ID"));
        Observations.attempt("changing the schema to the same", () -> {
            connection.setSchema(connection.getSchema());
            return "done";
        });
        connection.rollback();
    }
}
