package agency.platform.log;

import agency.platform.crypto.Digests;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One number for a piece of code: a hash over the class files of some classes and of every class of
 * ours that these name, directly or through others. It changes when anything could change that the
 * code computes, and sometimes when nothing does; never the other way round.
 */
final class CodeHash {
    private static final String OURS = "agency/";

    private CodeHash() {}

    /** The hash, 32 bytes. */
    static byte[] of(List<Class<?>> roots) {
        Map<String, byte[]> files = new TreeMap<>();
        Deque<String> open = new ArrayDeque<>();
        ClassLoader loader = CodeHash.class.getClassLoader();
        for (Class<?> root : roots) {
            open.add(file(root));
        }
        while (!open.isEmpty()) {
            String name = open.remove();
            if (!name.startsWith(OURS) || files.containsKey(name)) {
                continue;
            }
            byte[] bytes = bytes(loader, name);
            files.put(name, bytes);
            for (PoolEntry entry : ClassFile.of().parse(bytes).constantPool()) {
                if (entry instanceof ClassEntry named) {
                    open.add(named.asInternalName());
                }
            }
        }
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (Class<?> root : roots) {
            all.writeBytes((file(root) + "\n").getBytes(StandardCharsets.UTF_8));
        }
        files.forEach((name, bytes) -> {
            all.writeBytes(name.getBytes(StandardCharsets.UTF_8));
            all.writeBytes(Digests.sha256(bytes));
        });
        return Digests.sha256(all.toByteArray());
    }

    /** Where the code of a class lies: a lambda's in the class that holds it. */
    private static String file(Class<?> type) {
        String name = type.getName();
        int lambda = name.indexOf("$$Lambda");
        return (lambda < 0 ? name : name.substring(0, lambda)).replace('.', '/');
    }

    private static byte[] bytes(ClassLoader loader, String name) {
        try (InputStream file = loader.getResourceAsStream(name + ".class")) {
            if (file == null) {
                throw new IllegalStateException("the code of " + name + " cannot be read");
            }
            return file.readAllBytes();
        } catch (IOException e) {
            throw new IllegalStateException("the code of " + name + " cannot be read", e);
        }
    }
}
