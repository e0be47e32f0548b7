package agency.platform.json;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import java.lang.reflect.RecordComponent;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.cfg.MapperConfig;
import tools.jackson.databind.introspect.Annotated;
import tools.jackson.databind.introspect.AnnotatedMember;
import tools.jackson.databind.introspect.AnnotatedParameter;
import tools.jackson.databind.introspect.JacksonAnnotationIntrospector;

/**
 * Reads from a record's own null annotations which of its fields must be there: all but those
 * marked {@code @Nullable} and optionals.
 */
final class RecordShapes extends JacksonAnnotationIntrospector {
    private static final long serialVersionUID = 1L;

    @Override
    public @Nullable Boolean hasRequiredMarker(MapperConfig<?> config, AnnotatedMember member) {
        Boolean stated = super.hasRequiredMarker(config, member);
        if (stated == null && member instanceof AnnotatedParameter parameter) {
            return mustBeThere(parameter) ? Boolean.TRUE : null;
        }
        return stated;
    }

    @Override
    public JsonSetter.Value findSetterInfo(MapperConfig<?> config, Annotated annotated) {
        JsonSetter.Value stated = super.findSetterInfo(config, annotated);
        if (annotated instanceof AnnotatedParameter parameter && mustBeThere(parameter)) {
            return stated.withValueNulls(Nulls.FAIL);
        }
        return stated;
    }

    private static boolean mustBeThere(AnnotatedParameter parameter) {
        Class<?> owner = parameter.getDeclaringClass();
        RecordComponent[] components = owner.getRecordComponents();
        if (components == null || parameter.getOwner().getParameterCount() != components.length) {
            return false;
        }
        RecordComponent component = components[parameter.getIndex()];
        return component.getType() != Optional.class
                && !component.getAnnotatedType().isAnnotationPresent(Nullable.class);
    }
}
