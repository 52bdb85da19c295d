import { dirname, join, relative } from 'node:path';

import ts from 'typescript';

/** One input of a construct. */
export interface Input {
  readonly name: string;
  readonly type: string;
  readonly description: string;
  /** What holds where it is left out. @default none: it is required */
  readonly default: string | undefined;
}

/** Something that a construct does. */
export interface Method {
  readonly signature: string;
  readonly description: string;
}

/** A public construct, as its source describes it. */
export interface ConstructPage {
  readonly name: string;
  /** Folder of its tier, as `modules/storage`. */
  readonly tier: string;
  readonly description: string;
  readonly refuses: string | undefined;
  readonly inputs: readonly Input[];
  readonly methods: readonly Method[];
}

/** A part of the source that says too little to be documented. */
export class UndocumentedError extends Error {
  override readonly name = 'UndocumentedError';
}

/** Reads sources by the TypeScript compiler: what is exported, what it takes, and what its comments say. */
export class Sources {
  private readonly checker: ts.TypeChecker;
  private readonly entry: ts.SourceFile;

  constructor(
    private readonly project: string,
    entry: string,
  ) {
    const config = ts.getParsedCommandLineOfConfigFile(join(project, 'tsconfig.json'), undefined, {
      ...ts.sys,
      onUnRecoverableConfigFileDiagnostic: ({ messageText }) => {
        throw new Error(ts.flattenDiagnosticMessageText(messageText, '\n'));
      },
    });
    const file = join(project, entry);
    const program = ts.createProgram([file], config?.options ?? {});
    const source = program.getSourceFile(file);
    if (source === undefined) {
      throw new Error(`There is no ${file}.`);
    }
    this.checker = program.getTypeChecker();
    this.entry = source;
  }

  /**
   * Every construct that the entry exports, the ones over others first.
   *
   * @throws UndocumentedError that names each input without a comment, and each optional one without `@default`.
   */
  constructs(): ConstructPage[] {
    const module = this.checker.getSymbolAtLocation(this.entry);
    const exported = module === undefined ? [] : this.checker.getExportsOfModule(module);
    const missing: string[] = [];
    const pages = exported
      .map((symbol) => (symbol.flags & ts.SymbolFlags.Alias ? this.checker.getAliasedSymbol(symbol) : symbol))
      .flatMap((symbol) => {
        const declaration = symbol.valueDeclaration;
        return declaration !== undefined &&
          ts.isClassDeclaration(declaration) &&
          this.isConstruct(declaration)
          ? [this.page(symbol, declaration, missing)]
          : [];
      });
    if (missing.length > 0) {
      throw new UndocumentedError(['These inputs say too little of themselves:', ...missing].join('\n  '));
    }
    return pages.sort(
      (one, other) => one.tier.localeCompare(other.tier) || one.name.localeCompare(other.name),
    );
  }

  /** What `new X(scope, id, props)` can be called on: abstract ones cannot. */
  private isConstruct(declaration: ts.ClassDeclaration): boolean {
    const isAbstract = declaration.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.AbstractKeyword);
    const bases = (type: ts.Type): string[] =>
      (type.getBaseTypes() ?? []).flatMap((base) => [base.symbol.name, ...bases(base)]);
    return isAbstract !== true && bases(this.checker.getTypeAtLocation(declaration)).includes('Construct');
  }

  private page(symbol: ts.Symbol, declaration: ts.ClassDeclaration, missing: string[]): ConstructPage {
    const constructor = declaration.members.find((member) => ts.isConstructorDeclaration(member));
    const props = constructor?.parameters[2];
    return {
      name: symbol.name,
      tier: relative(this.project, dirname(declaration.getSourceFile().fileName)),
      description: this.comment(symbol),
      refuses: constructor === undefined ? undefined : thrown(constructor),
      inputs:
        props === undefined ? [] : this.inputs(this.checker.getTypeAtLocation(props), symbol.name, missing),
      methods: this.methods(declaration),
    };
  }

  private inputs(props: ts.Type, owner: string, missing: string[]): Input[] {
    return props.getProperties().map((property) => {
      const optional = (property.flags & ts.SymbolFlags.Optional) !== 0;
      const description = this.comment(property);
      const fallback = this.tag(property, 'default');
      if (description === '') {
        missing.push(`${owner}.${property.name}: no comment`);
      }
      if (optional && fallback === undefined) {
        missing.push(`${owner}.${property.name}: no @default`);
      }
      return {
        name: property.name,
        type: this.typeOf(property),
        description,
        default: optional ? fallback : undefined,
      };
    });
  }

  /** The declared type without `| undefined`; a union of words as these words. */
  private typeOf(property: ts.Symbol): string {
    const type = this.checker.getNonNullableType(this.checker.getTypeOfSymbol(property));
    if (type.isUnion() && type.types.every((member) => member.isStringLiteral())) {
      return type.types.map((member) => this.checker.typeToString(member)).join(' | ');
    }
    return this.checker.typeToString(type, undefined, ts.TypeFormatFlags.NoTruncation);
  }

  private methods(declaration: ts.ClassDeclaration): Method[] {
    const properties = this.checker.getTypeAtLocation(declaration).getProperties();
    return properties.flatMap((symbol) => {
      const method = symbol.valueDeclaration;
      if (
        method === undefined ||
        !ts.isMethodDeclaration(method) ||
        !this.isOurs(method) ||
        isPrivate(method)
      ) {
        return [];
      }
      const parameters = method.parameters.map(
        (parameter) => parameter.getText().split(/[?:=]/)[0]?.trim() ?? '',
      );
      return [{ signature: `${symbol.name}(${parameters.join(', ')})`, description: this.comment(symbol) }];
    });
  }

  /** Not of the library of constructs. */
  private isOurs(declaration: ts.Node): boolean {
    return !declaration.getSourceFile().fileName.includes('/node_modules/');
  }

  private comment(symbol: ts.Symbol): string {
    return oneLine(ts.displayPartsToString(symbol.getDocumentationComment(this.checker)));
  }

  private tag(symbol: ts.Symbol, name: string): string | undefined {
    const tag = symbol.getJsDocTags(this.checker).find((candidate) => candidate.name === name);
    return tag === undefined ? undefined : oneLine(ts.displayPartsToString(tag.text));
  }
}

function isPrivate(method: ts.MethodDeclaration): boolean {
  const hidden = [ts.SyntaxKind.PrivateKeyword, ts.SyntaxKind.ProtectedKeyword];
  return method.modifiers?.some(({ kind }) => hidden.includes(kind)) === true;
}

function thrown(constructor: ts.ConstructorDeclaration): string | undefined {
  const tag = ts.getJSDocTags(constructor).find(({ tagName }) => tagName.text === 'throws');
  const comment = ts.getTextOfJSDocComment(tag?.comment);
  return comment === undefined ? undefined : oneLine(comment);
}

/** Links of comments are names here. */
function oneLine(text: string): string {
  return text
    .replaceAll(/\{@link (\w+)\}/g, '`$1`')
    .replaceAll(/\s+/g, ' ')
    .trim();
}
