import java.security.Provider;
import org.bouncycastle.jce.provider.BouncyCastleProvider;

/** The security provider that the server of Apache Derby asks for by this name alone, made of Bouncy Castle's services. */
public final class IBMJCE extends Provider {
    private static final long serialVersionUID = 1L;

    /** Called by name. */
    public IBMJCE() {
        super("IBMJCE", "1", "Bouncy Castle under the name that Derby's server looks for");
        Provider real = new BouncyCastleProvider();
        for (Service service : real.getServices())
            putService(new Service(this, service.getType(), service.getAlgorithm(), service.getClassName(), null, null) {
                @Override
                public Object newInstance(Object parameter) throws java.security.NoSuchAlgorithmException {
                    return service.newInstance(parameter);
                }
            });
    }
}
