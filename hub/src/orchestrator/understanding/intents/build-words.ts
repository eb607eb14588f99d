// Words by which a request for a new tool is told from others, in the languages of most users. Roots: `integra` stands for
// integration, integración, intégration (accents are taken off before), integrate.

const any = (words: string): string => `(?:${words.trim().split(/\s+/).join('|')})`;

/** Politeness and names before the request itself. */
export const MANNERS = new RegExp(
  `^(?:${any(
    "please pls hey hi hello ok okay so now then well great also and bitte hallo also und jetzt por_favor oye hola y s'il_te_plait stp salut et per_favore ciao allora por oi e alsjeblieft hoi en пожалуйста привет 请 帮我",
  ).replaceAll('_', ' ')}[\\s,!:]+|请|帮我|${[
    '(?:can|could|would|will|may) (?:you|we|i)(?: please| quickly| maybe| now| mind)? (?:be able to )?',
    '(?:is|would) it (?:be )?possible (?:for you )?to ',
    '(?:set me up with) (?=an? )',
    "(?:i(?:'d| would)? (?:want|like|love)|i need|we need|we(?:'d| would) like)(?: for)?(?: you)? to ",
    "(?:let'?s|let us|help me(?: to)?|try to|go ahead and|i want you to) ",
    '(?:kannst|konntest|wurdest|konnen|konnten)(?: du| sie| wir)(?: mir| uns)?(?: bitte)? ',
    "(?:peux|pourrais)[- ]tu (?:me |nous )?|tu (?:peux|pourrais) (?:me |nous )?|(?:pouvez|pourriez)[- ]vous (?:me |nous )?|(?:j'aimerais|je veux|je voudrais) que tu (?:me |nous )?",
    '¿? ?(?:me |nos )?(?:puedes|podrias|puede|podria|podemos)(?: por favor)? ',
    '(?:mi |ci )?(?:puoi|potresti|vorrei che tu) |(?:voce )?(?:pode|poderia|consegue)(?: me)? |(?:kun|kan|zou|wil) je(?: me| mij| voor mij)?(?: alsjeblieft)? ',
    '(?:quiero|quisiera|quero|necesito) que (?:me |nos )?|(?:czy )?(?:mozesz|moglbys)(?: mi| nam)? |(?:можешь|не мог бы ты|мог бы ты)(?: мне| нам)? ',
  ].join('|')})+`,
  'u',
);

/** Making something. In its language’s forms of asking for it, at the start or (German, Dutch, Japanese, Chinese) at the end. */
export const MAKE = new RegExp(
  `^(?:go )?${any(
    `build building creating making adding create make generate develop write scaffold code program implement add adding design produce prepare craft
     bau baue bauen baust_du erstell erstelle erstellen erstellst_du mach machst_du mache machen generiere entwickle entwickel programmiere schreib schreibe fuge leg lege
     construis construire cree creer fais faire genere ajoute ajouter developpe ecris programme
     construye construyas construir crea crees hagas generes crear creame haz hazme hacer genera generar agrega anade anadir desarrolla programa escribe
     costruisci costruire creare creami fai fammi aggiungi sviluppa scrivi costruiscimi
     construa construir crie cria criar faca faz fazer gere gerar adicione adicionar desenvolva escreva
     bouw bouwen maak maken genereer voeg schrijf ontwikkel
     zbuduj stworz zrob utworz dodaj napisz zbudowac stworzyc zrobic utworzyc dodac napisac
     создай создать сделай сделать построй напиши добавь сгенерируй`,
  ).replaceAll(
    '_',
    ' ',
  )}(?:[- ](?:me|us|moi|nous|mir|uns|mij|ons|voor mij|mi|nos|мне)\\b)?(?: (?:up|together|bitte|please|quickly|direkt|mal|eine|out of))?(?![\\p{L}])`,
  'u',
);

/** Making, where it stands last. */
export const MAKE_LAST =
  /\b(?:bauen|erstellen|machen|anbinden|einbinden|entwickeln|programmieren|hinzufugen|anlegen|maken|bouwen|toevoegen)(?:,| |[.!?]|$)|\b(?:fuge|voeg)\b.*\b(?:hinzu|toe)\b|(?:作って|作成して|追加して|構築して|つくって|欲しい|ほしい|必要)|(?:创建|构建|制作|生成|添加|做一个|建立|開發|创造|需要|想要)|(?:만들어|생성해|추가해|구축해|개발해)|(?:أنشئ|اصنع|أضف|ابن)|(?:बनाओ|बनाएं|बना दो|जोड़ो)|\b(?:yap|olustur|ekle|yaz|kur)(?:[.!?]|$)/u;

/** Joining, where it stands last. */
export const JOIN_LAST = /\b(?:anbinden|einbinden|verbinden|integrieren|anschliessen|koppelen)[.!?\s]*$/u;

/** Needing something, which for a tool means making it. */
export const NEED =
  /^(?:(?:i|we)(?:'d| would)? (?:really )?(?:need|want|like|love)(?: to have)?|(?:give|get) (?:me|us)|get|have|there should be|(?:i|we) wish (?:i|we) had|it would be \w+ to have|new|mcp(?= )|an?(?= (?:new )?(?:tool|mcp|integration|connector|server)(?![\p{L}]))|tool(?= (?:for|that|to) )|ich (?:brauche|will|mochte|hatte gern(?:e)?|benotige)|wir brauchen|j'(?:ai|aurais) besoin d(?:e |')?|je (?:veux|voudrais)|il me faut|necesito|quiero|quisiera|mi serve|ho bisogno di|vorrei|preciso de?|quero|eu preciso de?|ik (?:heb|wil|zoek)|мне нужен|мне нужна|нужен|potrzebuje)(?![\p{L}])/u;

/** Joining the hub to something that exists. */
export const JOIN =
  /^(?:(?:re)?connect(?:ing)?(?: (?:yourself|up|me|us))?(?: to| with)?|integrate(?: with)?|hook(?: (?:yourself|us|me))? up(?: to| with)?|plug in(?:to)?|link(?: up)?(?: to| with)|wire up|(?:add|set up|enable|get|give (?:me|us|yourself)) (?:an? |the )?(?:support|access|connection|integration)(?: for| to| with)?|teach yourself|learn (?:how to use|to use|the)|make (?:it possible (?:for you )?to|yourself able to) (?:control|read|use|access|see|write)|(?:i|we)(?:'d| would)? (?:want|like|need) to (?:connect|integrate|hook up|use you with)|verbinde(?: dich)? mit|binde|integriere|connecte[rz]?(?:[- ]toi)? ?a?|branche[rz]?(?:[- ]toi)?(?: sur)?|(?:je (?:veux|voudrais) |quiero |quero |vorrei )?(?:integre[rz]?|connecter|conectar(?:me)?|conectate|conecta(?:te)?|integra(?:r|re)?|collega(?:re)?(?:ti)?|conecte(?:-se)?)(?: (?:a|con|com|ao))?|verbind(?: je)? met|koppel(?: met)?|подключи(?:сь)?(?: к)?)(?![\p{L}])/u;

/** Making ready what exists, which means joining it only when a name is all that follows. */
export const SET_UP = /^(?:set(?:ting)? up|richte|configure|configura|configurez?) (?:the |my |our )?/u;

/** Making one thing of another. */
export const TURN =
  /^(?:import|turn|convert|wrap|expose|use|wickle|verwandle|transforme|convierte|trasforma)(?: the)? .*\b(?:(?:in)?to|as|out of|make|build|create|generate|in|en|em) (?:an? |some |new |ein\w* |une? |una? )*(?:mcp )?(?:tools?|servers?|integration|outils?|serveur|herramientas?|servidor|strument[oi])\b/u;

/** What is built, in languages whose noun ends with what it is: as a word, and at the end of a compound. */
export const THING_LAST =
  /(?:^|[-\s'])(?:[\p{L}]*(?:tool|werkzeug|hulpmiddel)s?|(?:mcp[- ]?)?servers?|mcp|integratie|integrations?(?:en)?|connectors?|mirrors?|[\p{L}]*konnektor|plug-?in|adapter|adaptor|wrapper|[\p{L}]*anbindung|[\p{L}]*schnittstelle|koppeling|(?:api|rest|graphql|mcp) (?:client|access|bridge))$/u;

/** What is built, in languages whose noun begins with it. */
export const THING_FIRST =
  /^(?:tool|server|mcp|plug-?in|adapter|wrapper|integra(?:tion|cion|zione|cao)|integracj[ae]|connecteur|connettore|conn?e(?:c)?tor|outils?|serveur|herramientas?|servidor|strument[oi]|ferramentas?|narzedzi[ea]|инструмент\p{L}*|интеграци\p{L}*|сервер\p{L}*|коннектор\p{L}*)$/u;

/** Something that has an interface: added, it becomes a server. */
export const SERVICE = /\b(?:api|graphql|endpoint|openapi|swagger)\b/u;

/** Things of languages whose verb is last and whose words are joined or bent. */
export const THING_UNSPACED =
  /工具|服务器|集成|连接器|插件|ツール|サーバー|連携|統合|コネクタ|プラグイン|도구|서버|연동|커넥터|플러그인|أداة|خادم|تكامل|टूल|सर्वर|\b(?:arac|araci|sunucu|sunucusu|entegrasyon|entegrasyonu|eklenti)\b/u;

/** Things that do something by themselves: a tracker of habits, not of nothing. */
export const DOER =
  /(?:^|[-\s])[\p{L}]*(?:tracker|converter|calculator|monitor|checker|scraper|fetcher|notifier|watcher|finder|rechner|umrechner|lookup(?: tool)?|viewer|searcher|translator|bot|roller|importer|planner tool)$/u;

/** A thing left open, told by what it does. */
export const SOMETHING =
  /^(?:something|anything|etwas|was|quelque chose|algo|qualcosa|iets|что-то),? (?:that|which|to|for|das|was|womit|mit dem|qui|pour|que|che|dat|для)(?![\p{L}])/u;

/** Words behind which the noun ends and its description begins. */
export const NOUN_END =
  /[,.;:!?()"“”]|(?<![\p{L}])(?:that|which|who|for|to|from|with|of|about|using|called|named|so|in|on|at|an|by|through|via|between|wrapping|exposing|reading|listing|querying|based|around|as|and|when|while|please|like|of our|fur|mit|das|der|die das|zu|zum|zur|von|aus|um|namens|als|hinzu|bauen|erstellen|machen|qui|que|pour|avec|de|d'|pero|para|con|del|por|a partir|che|per|di|da|com|do|die|dat|voor|met|van|om|naar|nodig|toe|для|с|который|ktory|do|z)(?![\p{L}])/u;

/** What is joined when nothing new is meant: networks, meetings, people. */
export const JOINED_OTHERWISE =
  /^(?:(?:the|a|an|my|our|me|us|these|those|this|both|all|die|den|das|le|la|les|el|los)? ?(?:\w+ )?)?(?:dots?|wifi|wi-fi|wlan|vpn|network|internet|bluetooth|printer|meeting|appointment|call|alarm|timer|reminder|table|room|interview|date|dinner|lunch|party|event|satze|sentences?|phrases?|frases?|ideas?|account|password|contacts|people|peter|mum|dad|light|lights out)(?![\p{L}])/u;

/** Followed over months, so worth a tool with a memory; a parcel is looked up. */
export const TRACKED =
  /^(?:(?:keep|start|begin) )?track(?:ing)?(?: of)? (?:all )?(?:my|our|the team's) (?!package|parcel|order|shipment|delivery|flight|bus|train|letter|luggage|phone|location of)/u;

/** Said of a tool that is not wanted: right after what would make it, in languages that say it there. */
export const REFUSED =
  /^(?:\S+ ){0,3}?(?:kein|keine|keinen|keines|geen|nessun|nessuno|nessuna|ningun|ninguna|nenhum|nenhuma|zadnego|aucun|aucune)(?![\p{L}])|(?:不要|不需要|不用|不想|别|無需|无需)|(?:ないで|いらない|要らない|不要です)|(?:만들지|필요 없)/u;

/** How a wish begins that a second clause says how to meet. */
export const WISH =
  /^(?:(?:i|we)(?:'d| would)? (?:want|need|like|wish|have|use)|let (?:me|us)|there(?:'s| is)|here(?:'s| is)|my|our|ich (?:will|mochte|habe|brauche)|wir (?:wollen|haben|brauchen)|mein\w*|j'ai|je (?:veux|voudrais)|tengo|quiero|ho|voglio|vorrei|tenho|quero|ik (?:heb|wil))(?![\p{L}])/u;

/** Asking about, not for: how, what, who, whether; and what already is or is not wanted. */
export const ASKING =
  /^(?:how (?:do|does|can|could|to|many|much|would|is|are)|what(?:'s| |s )|which|who|where|when|why|did|does|do (?!not)|is |are |was |were |has |have |don't|do not|never|stop|without|i (?:built|made|created|have|had)|thanks|explain|describe|translate|define|list|show|find|search|read|open|use|call|run|delete|remove|disable|enable the|restart|update|test|fix|wie |was |welche|wer |wo |warum|ist |gibt|nicht|comment |quel|qu'|pourquoi|est-ce|ne |cual|que |¿que|¿cual|como |por que|no |quali?|cosa|come |perche|qual |quais|hoe |wat |welke|waarom|какие|как |что |кто |jak |jakie|co )/u;

/** Addresses of what describes an interface. */
export const DESCRIPTION_URL =
  /https?:\/\/[^\s"'<>)]*(?:openapi|swagger|api-docs|\.ya?ml\b|\.proto\b|\.graphqls?\b|graphql\b|\.wsdl\b|\?wsdl\b|\.raml\b|asyncapi|postman|discovery\/|\.har\b|\.json\b|\/api\b|api\.)[^\s"'<>)]*/i;
