/** Words with which a thing is asked for, such as "build me" or "ich brauche". */
const VERBS = new Set(
  `build make create generate add write develop scaffold need want set
   bau baue baust erstelle erstell mach mache generiere schreib schreibe brauche füge entwickle
   crée créer crée-moi construis construire fais fais-moi génère ajoute développe faut
   crea créame construye haz hazme genera añade desarrolla necesito
   costruisci fai fammi genera aggiungi serve crie criar construa faça gere adicione preciso
   bouw maak genereer`.split(/\s+/),
);
/** What is built here: nothing else that can be built is meant. */
const THINGS = new Set(
  `tool tools server connector connectors integration integrations mcp adapter wrapper mirror plugin
   werkzeug konnektor anbindung schnittstelle anschluss mcp-server
   outil serveur connecteur intégration herramienta servidor conector integración
   strumento connettore integrazione ferramenta integração gereedschap koppeling`.split(/\s+/),
);
/** Verbs whose object is the service itself. */
const JOINING = new Set(
  `connect integrate wrap hook expose import verbinde integriere binde connecte intègre relie conecta integra collega conecte integre`.split(
    /\s+/,
  ),
);
const SERVICES = new Set(
  `api apis openapi swagger graphql wsdl grpc endpoint asyncapi postman rest soap schnittstelle`.split(/\s+/),
);
/** After one of these something else is the object: "a house with power tools". */
const TURNS = new Set(
  `with about of in on containing saying using like as that which for from by to at and or into
   the this these my our your its sure use sense out der die das den dem diesen meinen les la el il lo o
   mit über von aus zu im am auf wie als avec sur de du dans comme con sobre en como su di nel com em over van met
   sentence story poem list table website page plan essay paragraph joke summary satz liste geschichte phrase frase`.split(
    /\s+/,
  ),
);
const REACH = 7;

/** Index of the object of the verb at `from`, before anything turns the sentence elsewhere; -1: there is none. */
function objectAfter(words: readonly string[], from: number, things: ReadonlySet<string>): number {
  for (let index = from + 1; index <= Math.min(from + REACH, words.length - 1); index += 1) {
    const word = words[index] ?? '';
    if (things.has(word)) return index;
    if (TURNS.has(word)) return -1;
  }
  return -1;
}

/** Whether a tool or a server is to be made: a verb of making with one as its object, or a service that is to be connected. */
export function wantsBuild(words: readonly string[]): boolean {
  return words.some((word, index) => {
    if (VERBS.has(word)) return objectAfter(words, index, THINGS) >= 0;
    if (!JOINING.has(word)) return false;
    return words.slice(index + 1, index + 1 + REACH).some((later) => SERVICES.has(later));
  });
}
