import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.PooledConnection;
import org.apache.derby.jdbc.ClientConnectionPoolDataSource;

/**
 * A pooled connection handed out again and again: each time the driver logs on anew on the same connection, with the same user ID and
 * PassTicket, in front of the first statement. Arguments: port, database, user, password, security mechanism.
 */
public final class Pool {
    private Pool() { }

    private static int count(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select count(*) from pooled")) {
            rows.next();
            return rows.getInt(1);
        }
    }

    private static void use(PooledConnection pooled, int round) throws SQLException {
        Connection connection = pooled.getConnection();
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            if (round == 0)
                statement.executeUpdate("create table pooled (n integer)");
            statement.executeUpdate("insert into pooled values (" + round + ")");
        }
        connection.commit();
        System.out.println("round " + round + " rows " + count(connection));
        connection.rollback();
        connection.close();
    }

    /** Entry point. */
    public static void main(String[] arguments) throws SQLException {
        ClientConnectionPoolDataSource source = new ClientConnectionPoolDataSource();
        source.setServerName("127.0.0.1");
        source.setPortNumber(Integer.parseInt(arguments[0]));
        source.setDatabaseName(arguments[1]);
        source.setSecurityMechanism(Short.valueOf(arguments[4]));
        PooledConnection pooled = source.getPooledConnection(arguments[2], arguments[3]);
        for (int round = 0; round < 5; round++)
            use(pooled, round);
        pooled.close();
        try {
            source.getPooledConnection(arguments[2], arguments[3]).getConnection();
            System.out.println("another connection took the same ticket");
        } catch (SQLException refused) {
            System.out.println("another connection is refused: " + refused.getSQLState());
        }
    }
}
