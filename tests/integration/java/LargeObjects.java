import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Reader;
import java.io.Writer;
import java.sql.Blob;
import java.sql.Clob;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.zip.CRC32;

/**
 * One BLOB and one CLOB of a given size, in and out as streams, and through locators. Arguments: URL, user, password, what the names of
 * its tables begin with, bytes, characters.
 */
public final class LargeObjects {
    private final Connection connection;
    private final String prefix;
    private final long bytes;
    private final long characters;
    private long start;

    private LargeObjects(Connection connection, String prefix, long bytes, long characters) {
        this.connection = connection;
        this.prefix = prefix;
        this.bytes = bytes;
        this.characters = characters;
        start = System.nanoTime();
    }

    /** Bytes that are not the same anywhere. */
    private static final class Numbers extends InputStream {
        private final CRC32 sum = new CRC32();
        private long left;
        private long state = 1;

        Numbers(long size) {
            left = size;
        }

        @Override
        public int read() {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) {
            if (left == 0) {
                return -1;
            }
            int size = (int) Math.min(length, left);
            for (int i = 0; i < size; i++) {
                state = state * 6364136223846793005L + 1442695040888963407L;
                bytes[offset + i] = (byte) (state >> 56);
            }
            sum.update(bytes, offset, size);
            left -= size;
            return size;
        }
    }

    /** Characters of one to four bytes of UTF-8. */
    private static final class Letters extends Reader {
        private static final String ALPHABET = "abc\u00e4\u20ac\ud83d\ude00xyz";
        private final long size;
        private long position;

        Letters(long size) {
            this.size = size;
        }

        static char at(long position) {
            return ALPHABET.charAt((int) (position % ALPHABET.length()));
        }

        @Override
        public int read(char[] characters, int offset, int length) {
            if (position == size) {
                return -1;
            }
            int count = (int) Math.min(length, size - position);
            for (int i = 0; i < count; i++) {
                characters[offset + i] = at(position++);
            }
            return count;
        }

        @Override
        public void close() {
        }
    }

    private static void check(boolean good, String what) {
        if (!good) {
            throw new IllegalStateException(what);
        }
    }

    /** Each step is a unit of work. */
    private void done(String what) throws SQLException {
        connection.commit();
        System.out.printf("%s: %.1f s%n", what, (System.nanoTime() - start) / 1e9);
        start = System.nanoTime();
    }

    private void create() throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.executeUpdate("CREATE TABLE " + prefix + "_BYTES (ID INTEGER NOT NULL PRIMARY KEY, B BLOB(1G))");
            statement.executeUpdate("CREATE TABLE " + prefix + "_TEXT (ID INTEGER NOT NULL PRIMARY KEY, C CLOB(1G))");
        }
        connection.commit();
    }

    private void blobs() throws SQLException, IOException {
        Numbers sent = new Numbers(bytes);
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO " + prefix + "_BYTES VALUES (1, ?)")) {
            insert.setBinaryStream(1, sent, bytes);
            check(insert.executeUpdate() == 1, "one row");
        }
        done("a BLOB of " + bytes + " bytes in");
        check(sum(1) == sent.sum.getValue(), "bytes of the BLOB");
        done("out by locator");
        try (PreparedStatement update = connection.prepareStatement("UPDATE " + prefix + "_BYTES SET B = ? WHERE ID = 1")) {
            update.setBinaryStream(1, new Numbers(bytes / 2), bytes / 2);
            check(update.executeUpdate() == 1, "one row updated");
        }
        connection.rollback();
        try (Statement statement = connection.createStatement();
             ResultSet rows = statement.executeQuery("SELECT LENGTH(B) FROM " + prefix + "_BYTES")) {
            check(rows.next() && rows.getLong(1) == bytes, "rolled back");
        }
        done("replaced, and rolled back");
    }

    private void clobs() throws SQLException, IOException {
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO " + prefix + "_TEXT VALUES (1, ?)")) {
            insert.setCharacterStream(1, new Letters(characters), characters);
            check(insert.executeUpdate() == 1, "one row");
        }
        done("a CLOB of " + characters + " characters in");
        try (Statement statement = connection.createStatement();
             ResultSet rows = statement.executeQuery("SELECT C FROM " + prefix + "_TEXT")) {
            check(rows.next(), "a row");
            Clob clob = rows.getClob(1);
            check(clob.length() == characters, "length of the CLOB");
            long position = 0;
            char[] letters = new char[1 << 15];
            try (Reader reader = clob.getCharacterStream()) {
                for (int n; (n = reader.read(letters)) > 0;) {
                    for (int i = 0; i < n; i++) {
                        check(letters[i] == Letters.at(position++), "character " + position);
                    }
                }
            }
            check(position == characters, "characters of the CLOB");
        }
        done("out by locator");
    }

    /** Values that go from row to row, and from a temporary LOB into one, without coming here; and back to see what they are. */
    private void locators() throws SQLException, IOException {
        try (Statement statement = connection.createStatement();
             ResultSet rows = statement.executeQuery("SELECT B FROM " + prefix + "_BYTES WHERE ID = 1")) {
            check(rows.next(), "a row to copy");
            Blob blob = rows.getBlob(1);
            insert("_BYTES VALUES (2, ?)", blob, null);
        }
        done("the BLOB from row to row");
        try (Statement statement = connection.createStatement();
             ResultSet rows = statement.executeQuery("SELECT B FROM " + prefix + "_BYTES WHERE ID = 1")) {
            check(rows.next(), "a row to copy");
            Blob blob = rows.getBlob(1);
            blob.setBytes(bytes + 1, new byte[] { 1, 2, 3 });
            check(blob.length() == bytes + 3, "length of a BLOB that was made longer");
            blob.truncate(bytes);
            insert("_BYTES VALUES (3, ?)", blob, null);
        }
        done("changed, and into another row");
        Numbers sent = new Numbers(bytes / 4);
        Blob temporary = connection.createBlob();
        try (OutputStream stream = temporary.setBinaryStream(1)) {
            sent.transferTo(stream);
        }
        insert("_BYTES VALUES (4, ?)", temporary, null);
        done("a temporary BLOB of " + bytes / 4 + " bytes, and into a row");
        Clob text = connection.createClob();
        try (Writer writer = text.setCharacterStream(1)) {
            new Letters(characters / 4).transferTo(writer);
        }
        insert("_TEXT VALUES (2, ?)", null, text);
        done("a temporary CLOB of " + characters / 4 + " characters, and into a row");
        Numbers first = new Numbers(bytes);
        first.skip(Long.MAX_VALUE);
        check(sum(2) == first.sum.getValue() && sum(3) == first.sum.getValue(), "BLOBs of rows copied");
        check(sum(4) == sent.sum.getValue(), "a temporary BLOB stored");
        try (Statement statement = connection.createStatement();
             ResultSet rows = statement.executeQuery("SELECT C FROM " + prefix + "_TEXT WHERE ID = 2")) {
            check(rows.next(), "the row of a temporary CLOB");
            Clob stored = rows.getClob(1);
            check(stored.length() == characters / 4, "a temporary CLOB stored");
            check(stored.getSubString(characters / 4 - 2, 1).charAt(0) == Letters.at(characters / 4 - 3), "the end of it");
        }
        done("all of them out");
    }

    private void insert(String values, Blob blob, Clob clob) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO " + prefix + values)) {
            if (blob != null) {
                insert.setBlob(1, blob);
            } else {
                insert.setClob(1, clob);
            }
            check(insert.executeUpdate() == 1, "one row");
        }
    }

    private long sum(int id) throws SQLException, IOException {
        CRC32 sum = new CRC32();
        long length = 0;
        byte[] piece = new byte[1 << 16];
        try (Statement statement = connection.createStatement();
             ResultSet rows = statement.executeQuery("SELECT B FROM " + prefix + "_BYTES WHERE ID = " + id)) {
            check(rows.next(), "row " + id);
            Blob blob = rows.getBlob(1);
            try (InputStream stream = blob.getBinaryStream()) {
                for (int n; (n = stream.read(piece)) > 0; length += n) {
                    sum.update(piece, 0, n);
                }
            }
            check(length == blob.length(), "length of the BLOB " + length);
        }
        return sum.getValue();
    }

    public static void main(String[] arguments) throws SQLException, IOException {
        try (Connection connection = DriverManager.getConnection(arguments[0], arguments[1], arguments[2])) {
            connection.setAutoCommit(false);
            LargeObjects objects =
                new LargeObjects(connection, arguments[3], Long.parseLong(arguments[4]), Long.parseLong(arguments[5]));
            objects.create();
            objects.blobs();
            objects.clobs();
            objects.locators();
        }
    }
}
