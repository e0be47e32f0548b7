package agency.gateway.adapter.provider.local.grammar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

class SchemaGrammarTest {
    @Test
    void writesMembersInOrderAndLetsTheOptionalBeLeftOut() {
        String grammar =
                of(
                        "{'type':'object','properties':{'a':{'type':'string'},'b':{'type':'integer'}},'required':['b']}");
        assertThat(grammar)
                .contains("\"\\\"a\\\":\" ws string")
                .contains("\"\\\"b\\\":\" ws integer")
                .contains("\"{\" ws ");
    }

    @Test
    void followsReferencesThatLeadBackToThemselves() {
        assertThat(
                        of(
                                "{'$ref':'#/$defs/node','$defs':{'node':{'type':'object','properties':{'next':"
                                    + "{'anyOf':[{'$ref':'#/$defs/node'},{'type':'null'}]}},'required':['next']}}}"))
                .startsWith("root ::= \"\" r0 \"\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "true",
                "{'type':['string','null']}",
                "{'enum':['a',1,null]}",
                "{'const':{'a':1}}",
                "{'oneOf':[{'type':'string'},{'type':'number'}]}",
                "{'allOf':[{'type':'boolean'}]}",
                "{'type':'array'}",
                "{'type':'array','items':{'type':'number'},'minItems':2,'maxItems':3}",
                "{'type':'array','maxItems':0}",
                "{'type':'string','minLength':1}",
                "{'type':'object','additionalProperties':false}",
                "{'type':'object','additionalProperties':{'type':'integer'}}",
                "{'properties':{'x':true}}",
                "{'items':{'type':'string'}}"
            })
    void takesWhatCanBeSaidInAGrammar(String schema) {
        assertThat(of(schema)).startsWith("root ::= ").contains("string ::=");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'type':'string','pattern':'^a$'}|'pattern' (at $)",
                "{'properties':{'n':{'type':'number','minimum':1}}}|'minimum' (at $.n)",
                "{'type':'banana'}|'banana' at $ is not a JSON type",
                "{'$ref':'#/$defs/none'}|leads nowhere",
                "{'$ref':'http://elsewhere'}|leads nowhere",
                "{'type':'array','items':{'type':'array','minItems':1000}}|minItems at $[]",
                "{'enum':[]}|enum at $",
                "{'anyOf':[]}|must list schemas",
                "{'allOf':[{},{}]}|allOf with one schema",
                "{'properties':{'a':{}},'required':['b']}|'b' at $ is required",
                "{'properties':{'a':7}}|$.a is not an object",
            })
    void saysWhatItCannotHoldAModelTo(String schema, String message) {
        assertThatThrownBy(() -> of(schema))
                .isInstanceOf(SchemaProblem.class)
                .hasMessageContaining(message);
    }

    @Test
    void boundsDepthAndSize() {
        String deep = "{'items':".repeat(200) + "{}" + "}".repeat(200);
        assertThatThrownBy(() -> of(deep))
                .isInstanceOf(SchemaProblem.class)
                .hasMessageContaining("nested deeper");
        StringBuilder wide = new StringBuilder("{'properties':{'p':{}");
        for (int i = 0; i < 3_000; i++) {
            wide.append(",'p").append(i).append("':{'type':'string'}");
        }
        assertThatThrownBy(() -> of(wide + "}}"))
                .isInstanceOf(SchemaProblem.class)
                .hasMessageContaining("rules");
    }

    @Test
    void writesLiteralsThatCannotBreakOut() {
        assertThat(SchemaGrammar.literal("a\"b\\c\n\u0001é")).isEqualTo("\"a\\\"b\\\\c\\n\\x01é\"");
        assertThat(SchemaGrammar.literal(null)).isEqualTo("\"\"");
        assertThat(SchemaGrammar.anyObject()).startsWith("root ::= object");
    }

    private static String of(String schema) {
        return SchemaGrammar.of(JsonMapper.shared().readTree(schema.replace('\'', '"')));
    }
}
