package org.openapitools.jackson.nullable;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.BeanProperty;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.SerializationConfig;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.ContextualDeserializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.BeanPropertyWriter;
import com.fasterxml.jackson.databind.ser.BeanSerializerModifier;
import java.io.IOException;
import java.util.List;

/** Teaches Jackson to leave out what is undefined, and to tell null from what was left out. */
public final class JsonNullableModule extends SimpleModule {
    private static final long serialVersionUID = 1;

    @SuppressWarnings("rawtypes")
    public JsonNullableModule() {
        super("JsonNullableModule");
        addSerializer(JsonNullable.class, new Serializer());
        addDeserializer(JsonNullable.class, new Deserializer(null));
        setSerializerModifier(new WithoutUndefined());
    }

    @SuppressWarnings("rawtypes")
    private static final class Serializer extends JsonSerializer<JsonNullable> {
        @Override
        public void serialize(JsonNullable value, JsonGenerator json, SerializerProvider provider)
                throws IOException {
            provider.defaultSerializeValue(((JsonNullable<?>) value).orElse(null), json);
        }
    }

    @SuppressWarnings("rawtypes")
    private static final class Deserializer extends JsonDeserializer<JsonNullable>
            implements ContextualDeserializer {
        private final JsonDeserializer<?> ofValue;

        Deserializer(JsonDeserializer<?> ofValue) {
            this.ofValue = ofValue;
        }

        @Override
        public JsonDeserializer<?> createContextual(
                DeserializationContext context, BeanProperty property) throws JsonMappingException {
            var type = context.getContextualType().containedTypeOrUnknown(0);
            return new Deserializer(context.findContextualValueDeserializer(type, property));
        }

        @Override
        public JsonNullable deserialize(JsonParser json, DeserializationContext context)
                throws IOException {
            return JsonNullable.of(ofValue.deserialize(json, context));
        }

        @Override
        public JsonNullable getNullValue(DeserializationContext context) {
            return JsonNullable.of(null);
        }
    }

    private static final class WithoutUndefined extends BeanSerializerModifier {
        private static final long serialVersionUID = 1;

        @Override
        public List<BeanPropertyWriter> changeProperties(
                SerializationConfig config,
                BeanDescription description,
                List<BeanPropertyWriter> writers) {
            writers.replaceAll(
                    writer ->
                            writer.getType().isTypeOrSubTypeOf(JsonNullable.class)
                                    ? new Writer(writer)
                                    : writer);
            return writers;
        }
    }

    private static final class Writer extends BeanPropertyWriter {
        private static final long serialVersionUID = 1;

        Writer(BeanPropertyWriter writer) {
            super(writer);
        }

        @Override
        public void serializeAsField(Object bean, JsonGenerator json, SerializerProvider provider)
                throws Exception {
            if (((JsonNullable<?>) get(bean)).isPresent()) {
                super.serializeAsField(bean, json, provider);
            }
        }
    }
}
